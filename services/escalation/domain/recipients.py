"""Who is alerted: the one meant, else the acting officer, the next level, a steward; never anybody excluded (law 7).

The head of the authority is not excluded from a complaint about himself: at first level he is its lawful resolver.
"""

from collections.abc import Iterable
from datetime import date

from services.escalation.domain.ladder import Audience
from shared.directory import Directory, DirectoryError, Recipient, Role, Via


def recipients_of(
    directory: Directory,
    audience: Iterable[Audience],
    authority_id: str,
    holder_id: str,
    excluded: frozenset[str],
    on: date,
) -> tuple[Recipient, ...]:
    """Each person once, in the order of the audience; empty when nobody may lawfully be alerted."""
    found: dict[str, Recipient] = {}
    for each in audience:
        recipient = _find(directory, each, authority_id, holder_id, excluded, on)
        if recipient is not None:
            found.setdefault(recipient.officer_id, recipient)
    return tuple(found.values())


def _find(
    directory: Directory, audience: Audience, authority_id: str, holder_id: str, excluded: frozenset[str], on: date
) -> Recipient | None:
    try:
        match audience:
            case Audience.HOLDER:
                return _holder(directory, authority_id, holder_id, excluded, on)
            case Audience.LEADER:
                return directory.resolve(authority_id, Role.HEAD, on, excluded)
            case Audience.SUPERIOR:
                above = directory.superior_of(authority_id, on)
                role = Role.HEAD if above else Role.STEWARD
                return directory.resolve(above or authority_id, role, on, excluded)
            case Audience.STEWARD:
                return directory.resolve(authority_id, Role.STEWARD, on, excluded)
            case Audience.ADVISER:
                above = directory.superior_of(authority_id, on)
                return directory.resolve(above or authority_id, Role.ADVISER, on, excluded)
    except DirectoryError:
        return None


def _holder(
    directory: Directory, authority_id: str, holder_id: str, excluded: frozenset[str], on: date
) -> Recipient | None:
    """The holder at work; otherwise the leader, who must name another."""
    if holder_id not in excluded and directory.knows(holder_id) and directory.is_present(holder_id, on):
        return Recipient(holder_id, authority_id, Via.POST)
    return directory.resolve(authority_id, Role.HEAD, on, excluded)
