"""Small numbers (law 14): figures of rows that the reader may not open. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SMALLEST = 5
"""Counts below this are not told apart, not even from none."""
SUPPRESSED = "<5"
WITHHELD = "–"
"""Stands for a figure that would betray a suppressed one."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures as they may be shown, and their total."""

    cells: Mapping[str, str]
    total: str


def too_small(cells: Iterable[str]) -> int:
    """How many cells show a count that must not be shown; what leaves through a page is checked once more."""
    return sum(1 for cell in cells if cell.isdigit() and int(cell) < SMALLEST)


def suppressed(counts: Mapping[str, int]) -> Figures:
    """Counts under five as "<5"; a lone one hides the next smallest too, a total that would betray them is withheld.

    The total stays when at least two cells are hidden whose sum is five or more and cannot be split in one way only.
    """
    small = {name for name, count in counts.items() if count < SMALLEST}
    cells = {name: SUPPRESSED if name in small else str(count) for name, count in counts.items()}
    large = sorted((count, name) for name, count in counts.items() if name not in small)
    if len(small) == 1 and large:
        cells[large[0][1]] = WITHHELD
    if not small:
        return Figures(cells, str(sum(counts.values())))
    hidden = sum(counts[name] for name, cell in cells.items() if not cell.isdigit())
    ambiguous = SMALLEST <= hidden < len(small) * (SMALLEST - 1) or WITHHELD in cells.values()
    return Figures(cells, str(sum(counts.values())) if ambiguous else WITHHELD)
