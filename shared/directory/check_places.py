"""What authorities, units and hamlets must satisfy."""

from collections import defaultdict

from shared.directory.errors import BadSuccessor, DanglingId, NotACommune, SuperiorCycle
from shared.directory.model import RANK, Authority, Hamlet, Level, Unit


def check_places(authorities: tuple[Authority, ...], units: tuple[Unit, ...], hamlets: tuple[Hamlet, ...]) -> None:
    """Raise the `DirectoryError` of the first row at fault."""
    levels: dict[str, set[Level]] = defaultdict(set)
    for each in authorities:
        levels[each.id].add(each.level)
    _check_superiors(authorities, levels)
    _check_successors(authorities)
    for row, unit in enumerate(units):
        if unit.authority_id not in levels:
            raise DanglingId(f"units[{row}]")
    for row, hamlet in enumerate(hamlets):
        if hamlet.authority_id not in levels:
            raise DanglingId(f"hamlets[{row}]")
        if levels[hamlet.authority_id] != {Level.COMMUNE}:
            raise NotACommune(f"hamlets[{row}]")


def _check_superiors(authorities: tuple[Authority, ...], levels: dict[str, set[Level]]) -> None:
    """Superiors exist and rank higher, which leaves no room for a cycle."""
    for row, each in enumerate(authorities):
        if each.superior_id is None:
            continue
        if each.superior_id not in levels:
            raise DanglingId(f"authorities[{row}]")
        if min(RANK[level] for level in levels[each.superior_id]) <= RANK[each.level]:
            raise SuperiorCycle(f"authorities[{row}]")


def _check_successors(authorities: tuple[Authority, ...]) -> None:
    """Successors stand on the day after, so they end later, which leaves no room for a cycle."""
    versions: dict[str, list[Authority]] = defaultdict(list)
    for each in authorities:
        versions[each.id].append(each)
    for row, each in enumerate(authorities):
        for successor_id in each.successor_ids:
            if successor_id not in versions:
                raise DanglingId(f"authorities[{row}]")
            if successor_id == each.id or not any(_follows(after, each) for after in versions[successor_id]):
                raise BadSuccessor(f"authorities[{row}]")


def _follows(after: Authority, ended: Authority) -> bool:
    """Whether one stands on the day after the other's last."""
    last = ended.valid_to
    return (
        last is not None and (after.valid_from - last).days <= 1 and (after.valid_to is None or after.valid_to > last)
    )
