"""Who is in which post, absent or acting, by date, through indexes built once."""

from collections import defaultdict
from datetime import date

from shared.directory.check import check
from shared.directory.errors import UnknownOfficer
from shared.directory.model import MANAGERS, Absence, Authority, Hamlet, Officer, Post, Recipient, Role, Unit, Via
from shared.directory.places import Places

NOBODY: frozenset[str] = frozenset()


class Register(Places):
    """Places, officers, posts and absences of one area, effective-dated and checked. Never changes.

    Raises a `DirectoryError` when the rows contradict each other.
    """

    def __init__(
        self,
        authorities: tuple[Authority, ...],
        officers: tuple[Officer, ...],
        posts: tuple[Post, ...],
        absences: tuple[Absence, ...] = (),
        units: tuple[Unit, ...] = (),
        hamlets: tuple[Hamlet, ...] = (),
    ) -> None:
        check(authorities, officers, posts, absences, units, hamlets)
        super().__init__(authorities, units, hamlets)
        self._officers = {each.id: each for each in officers}
        self._posts_of: dict[str, list[Post]] = defaultdict(list)
        self._posts_at: dict[str, list[Post]] = defaultdict(list)
        self._posts_in: dict[tuple[str, Role], list[Post]] = defaultdict(list)
        self._posts_within: dict[str, list[Post]] = defaultdict(list)
        self._absences: dict[str, list[Absence]] = defaultdict(list)
        self._charges: dict[str, list[Absence]] = defaultdict(list)
        for post in posts:
            self._posts_of[post.officer_id].append(post)
            self._posts_at[post.authority_id].append(post)
            self._posts_in[post.authority_id, post.role].append(post)
            if post.unit_id is not None:
                self._posts_within[post.unit_id].append(post)
        for absence in absences:
            self._absences[absence.officer_id].append(absence)
            if absence.acting_id is not None:
                self._charges[absence.acting_id].append(absence)

    def officer(self, officer_id: str) -> Officer:
        """The person of that id. Raises `UnknownOfficer`."""
        try:
            return self._officers[officer_id]
        except KeyError:
            raise UnknownOfficer from None

    def officers(self) -> tuple[Officer, ...]:
        """Everybody who ever held a post or will."""
        return tuple(self._officers.values())

    def posts_of(self, officer_id: str, on: date) -> tuple[Post, ...]:
        """The posts a person holds on that day. Raises `UnknownOfficer`."""
        self.officer(officer_id)
        return tuple(each for each in self._posts_of.get(officer_id, ()) if each.in_force(on))

    def open_ends(self, officer_id: str, on: date) -> tuple[Post, ...]:
        """The posts of that day with a last day after which the person does not stay in them, soonest first.

        Whoever has one and open cases needs somebody to hand them to. Raises `UnknownOfficer`.
        """
        ending = [each for each in self.posts_of(officer_id, on) if each.valid_to and not self._goes_on(each)]
        return tuple(sorted(ending, key=lambda each: each.valid_to or date.max))

    def members_of(self, unit_id: str, on: date) -> tuple[str, ...]:
        """Ids of those whose post is within a unit on that day. Raises `UnknownUnit`."""
        self.unit(unit_id)
        return tuple(each.officer_id for each in self._posts_within.get(unit_id, ()) if each.in_force(on))

    def holders_of(self, authority_id: str, role: Role, on: date) -> tuple[str, ...]:
        """Ids of the holders of a role on that day, present or not. Raises `UnknownAuthority`."""
        self.authority(authority_id)
        return tuple(each.officer_id for each in self._posts_in.get((authority_id, role), ()) if each.in_force(on))

    def head_of(self, authority_id: str, on: date) -> str | None:
        """Id of the head, None while the office is vacant. Raises `UnknownAuthority`."""
        return next(iter(self.holders_of(authority_id, Role.HEAD, on)), None)

    def absence_of(self, officer_id: str, on: date) -> Absence | None:
        """The absence that covers that day, if any. Raises `UnknownOfficer`."""
        self.officer(officer_id)
        return next((each for each in self._absences.get(officer_id, ()) if each.covers(on)), None)

    def is_present(self, officer_id: str, on: date) -> bool:
        """Whether the person is at work on that day: in some post and not absent. Raises `UnknownOfficer`."""
        return bool(self.posts_of(officer_id, on)) and self.absence_of(officer_id, on) is None

    def available(self, authority_id: str, role: Role, on: date, excluded: frozenset[str] = NOBODY) -> Recipient | None:
        """A present holder who is not excluded, else whoever acts for an absent one, else None.

        Raises `UnknownAuthority`.
        """
        holders = self.holders_of(authority_id, role, on)
        for officer_id in holders:
            if officer_id not in excluded and self.is_present(officer_id, on):
                return Recipient(officer_id, authority_id, Via.POST)
        for officer_id in holders:
            acting = self._acting_for(officer_id, on)
            if acting is not None and acting not in excluded:
                return Recipient(acting, authority_id, Via.ACTING)
        return None

    def line_of(self, subject_id: str, on: date) -> frozenset[str]:
        """Everybody of an authority and below it; for a person, themself and everybody they manage.

        Heads and deputies manage their whole authority and all below it (LTC Đ12.1, the exclusion of law.md 15);
        nobody else manages anyone. Raises `UnknownOfficer` if the id is neither a person nor an authority.
        """
        if subject_id in self._versions:
            return self._everybody_at(self._tree(subject_id, on), on)
        managed = [each.authority_id for each in self.posts_of(subject_id, on) if each.role in MANAGERS]
        trees = (self._everybody_at(self._tree(each, on), on) for each in managed)
        return frozenset({subject_id}).union(*trees)

    def knows(self, officer_id: str) -> bool:
        """Whether this is the id of a person of the directory."""
        return officer_id in self._officers

    def acts_for(self, officer_id: str, on: date) -> tuple[Post, ...]:
        """Posts of absent officers that this person was put in charge of on that day."""
        charges = (each for each in self._charges.get(officer_id, ()) if each.covers(on))
        return tuple(post for each in charges for post in self.posts_of(each.officer_id, on))

    def _goes_on(self, post: Post) -> bool:
        """Whether the officer takes the same place again on the day after."""
        last = post.valid_to
        return last is not None and any(
            (each.authority_id, each.role) == (post.authority_id, post.role) and (each.valid_from - last).days == 1
            for each in self._posts_of[post.officer_id]
        )

    def _acting_for(self, officer_id: str, on: date) -> str | None:
        """The present end of a chain of substitutes; a chain that bites its own tail has none."""
        seen = {officer_id}
        absence = self.absence_of(officer_id, on)
        while absence is not None and absence.acting_id is not None and absence.acting_id not in seen:
            seen.add(absence.acting_id)
            if self.is_present(absence.acting_id, on):
                return absence.acting_id
            absence = self.absence_of(absence.acting_id, on)
        return None

    def _everybody_at(self, authority_ids: list[str], on: date) -> frozenset[str]:
        return frozenset(
            post.officer_id for each in authority_ids for post in self._posts_at.get(each, ()) if post.in_force(on)
        )
