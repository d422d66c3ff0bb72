"""Violations that only the door can see, counted as they happen; every value must stay 0."""

from shared.telemetry.metrics import Counters

SMALL_FIGURES_SHOWN = "small_figures_shown"
SEEN = Counters([SMALL_FIGURES_SHOWN])
"""Counters of this process."""
