"""Where things are: authorities and what stands above, below and after them, their units, the hamlets of communes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol, TypeVar

from shared.directory.errors import Abolished, UnknownAuthority, UnknownHamlet, UnknownUnit
from shared.directory.model import Authority, Hamlet, Heir, Unit


class _Dated(Protocol):
    def in_force(self, on: date) -> bool: ...


Version = TypeVar("Version", bound=_Dated)


class Places:
    """Authorities, units and hamlets by date, through indexes built once. Never changes."""

    def __init__(
        self, authorities: tuple[Authority, ...], units: tuple[Unit, ...], hamlets: tuple[Hamlet, ...]
    ) -> None:
        self._versions: dict[str, list[Authority]] = defaultdict(list)
        self._below: dict[str, list[str]] = defaultdict(list)
        self._units: dict[str, list[Unit]] = defaultdict(list)
        self._units_of: dict[str, list[Unit]] = defaultdict(list)
        self._hamlets: dict[str, list[Hamlet]] = defaultdict(list)
        self._hamlets_of: dict[str, list[Hamlet]] = defaultdict(list)
        for authority in sorted(authorities, key=lambda each: each.valid_from):
            self._versions[authority.id].append(authority)
            if authority.superior_id is not None and authority.id not in self._below[authority.superior_id]:
                self._below[authority.superior_id].append(authority.id)
        for unit in sorted(units, key=lambda each: each.valid_from):
            self._units[unit.id].append(unit)
            self._units_of[unit.authority_id].append(unit)
        for hamlet in sorted(hamlets, key=lambda each: each.valid_from):
            self._hamlets[hamlet.id].append(hamlet)
            self._hamlets_of[hamlet.authority_id].append(hamlet)

    def authority(self, authority_id: str, on: date | None = None) -> Authority:
        """The version of that day, without a day the latest.

        Raises `Abolished` with those who took over when it ended before, else `UnknownAuthority` when none stands then.
        """
        versions = self._versions.get(authority_id, ())
        found = _version(versions, on)
        if found is not None:
            return found
        if on is not None and _ended(versions, on) is not None:
            raise Abolished(self.successor_of(authority_id, on), self.heirs_of(authority_id, on))
        raise UnknownAuthority

    def authorities(self, on: date) -> tuple[Authority, ...]:
        """Every authority that stands on that day."""
        return tuple(each for versions in self._versions.values() for each in versions if each.in_force(on))

    def has_authority(self, authority_id: str) -> bool:
        """Whether this is the id of an authority, in force or not."""
        return authority_id in self._versions

    def successor_of(self, authority_id: str, on: date) -> str | None:
        """Id of what stands on that day in the place of an abolished authority, through successors of successors.

        None while it stands itself, before it begins, when nothing followed and when it was divided among several.
        Raises `UnknownAuthority`.
        """
        self.authority(authority_id)
        followed = self._followed(authority_id, on)
        return followed[0] if len(followed) == 1 and followed[0] != authority_id else None

    def heirs_of(self, authority_id: str, on: date) -> tuple[Heir, ...]:
        """Everybody who stands on that day in the place of an abolished authority, each with the hamlets it took over.

        Empty while it stands itself, before it begins and when nothing followed. Raises `UnknownAuthority`.
        """
        self.authority(authority_id)
        followed = [each for each in self._followed(authority_id, on) if each != authority_id]
        ended = _ended(self._versions[authority_id], on)
        last = ended.valid_to if ended is not None else None
        hamlets = self.hamlets_of(authority_id, last) if last is not None else ()
        return tuple(
            Heir(heir, tuple(each.id for each in hamlets if self._lies_in(each.id, heir, on))) for heir in followed
        )

    def abolished(self, on: date) -> tuple[Authority, ...]:
        """The last version of every authority that stood before that day and is no more."""
        found = ((_ended(versions, on), _version(versions, on)) for versions in self._versions.values())
        return tuple(ended for ended, standing in found if ended is not None and standing is None)

    def superior_of(self, authority_id: str, on: date) -> str | None:
        """Id of the direct superior that stands on that day, None if there is none. Raises `UnknownAuthority`."""
        self.authority(authority_id)
        mine = self._standing(authority_id, on)
        if mine is None or mine.superior_id is None or self._standing(mine.superior_id, on) is None:
            return None
        return mine.superior_id

    def superiors_of(self, authority_id: str, on: date) -> Iterator[str]:
        """The chain above an authority on that day, nearest first. Raises `UnknownAuthority`."""
        above = self.superior_of(authority_id, on)
        while above is not None:
            yield above
            above = self.superior_of(above, on)

    def unit(self, unit_id: str, on: date | None = None) -> Unit:
        """The version of that day, without a day the latest. Raises `UnknownUnit`, also when none stands then."""
        found = _version(self._units.get(unit_id, ()), on)
        if found is None:
            raise UnknownUnit
        return found

    def units_of(self, authority_id: str, on: date) -> tuple[Unit, ...]:
        """The units within an authority on that day. Raises `UnknownAuthority`."""
        self.authority(authority_id)
        return tuple(each for each in self._units_of.get(authority_id, ()) if each.in_force(on))

    def hamlet(self, hamlet_id: str, on: date | None = None) -> Hamlet:
        """The version of that day, without a day the latest. Raises `UnknownHamlet`, also when none stands then."""
        found = _version(self._hamlets.get(hamlet_id, ()), on)
        if found is None:
            raise UnknownHamlet
        return found

    def hamlets_of(self, authority_id: str, on: date) -> tuple[Hamlet, ...]:
        """The hamlets of a commune on that day. Raises `UnknownAuthority`."""
        self.authority(authority_id)
        return tuple(each for each in self._hamlets_of.get(authority_id, ()) if each.in_force(on))

    def _followed(self, authority_id: str, on: date) -> tuple[str, ...]:
        """What stands in its place, itself included; a successor outlives its predecessor, so it ends."""
        if self._standing(authority_id, on) is not None:
            return (authority_id,)
        ended = _ended(self._versions[authority_id], on)
        successors = ended.successor_ids if ended is not None else ()
        return tuple(dict.fromkeys(heir for each in successors for heir in self._followed(each, on)))

    def _lies_in(self, hamlet_id: str, authority_id: str, on: date) -> bool:
        now = _version(self._hamlets[hamlet_id], on)
        return now is not None and now.authority_id == authority_id

    def _standing(self, authority_id: str, on: date) -> Authority | None:
        return _version(self._versions.get(authority_id, ()), on)

    def _tree(self, authority_id: str, on: date) -> list[str]:
        found = [authority_id]
        for each in found:  # grows while it is walked; levels rank strictly, so it ends
            found.extend(below for below in self._below.get(each, ()) if self.superior_of(below, on) == each)
        return found


def _version(versions: Sequence[Version], on: date | None) -> Version | None:
    return next((each for each in reversed(versions) if on is None or each.in_force(on)), None)


def _ended(versions: Sequence[Authority], on: date) -> Authority | None:
    """The last version that was over before that day."""
    return next((each for each in reversed(versions) if each.valid_to is not None and each.valid_to < on), None)
