"""The fourteen laws of the house and the counters that watch each; every counter must be 0.

A name with a dot is a service's own counter; `ledger.` is a line of `donthu ledger`, which sees what no service can.
"""

from collections.abc import Mapping

LAWS: Mapping[int, tuple[str, ...]] = {
    1: ("intake.receipts_without_petition", "intake.petitions_without_capsules", "ledger.receipts_without_petition"),
    2: ("audit.version_gaps", "ledger.versions_missing_or_doubled", "ledger.events_out_of_order"),
    3: ("audit.free_text_entries",),
    4: ("portal.unclear_cases", "routing.confirmed_without_holder"),
    5: (
        "escalation.overdue_without_live_rung",
        "escalation.open_case_without_clock",
        "escalation.clock_without_next_rung",
        "escalation.firing_out_of_step",
    ),
    6: ("ledger.due_dates_moved", "ledger.clocks_without_announcement"),
    7: ("casework.excluded_holder",),
    8: ("ledger.transferred_twice", "ledger.guided_twice"),
    9: ("audit.acts_without_person",),
    10: (
        "escalation.live_clock_nobody_hears",
        "notify.alert_without_recipient",
        "notify.unsent_mail_older_than_an_hour",
        "ledger.alerts_missing_or_doubled",
    ),
    11: ("audit.unlinked_entries", "audit.head_off_end", "ledger.events_not_chained", "ledger.chain_findings"),
    12: ("portal.alerts_to_excluded",),
    13: ("ledger.events_held", "ledger.events_not_applied"),
    14: ("portal.small_figures_shown",),
}
"""Counters by law."""


def by_law(counters: Mapping[str, int]) -> dict[str, int]:
    """Violations per law; a counter that nobody answered counts as one, since silence proves nothing."""
    return {f"law_{number:02}": sum(counters.get(name, 1) for name in names) for number, names in LAWS.items()}
