"""The directory a service asks: lookups by date and who takes a task."""

from datetime import date

from shared.directory.model import Absence, Authority, Hamlet, Officer, Post, Problem, Recipient, Role, Unit
from shared.directory.register import NOBODY, Register
from shared.directory.resolution import find_problems, find_recipient


class Directory(Register):
    """A checked register that also finds the lawful recipient. Never changes."""

    def __init__(
        self,
        authorities: tuple[Authority, ...],
        officers: tuple[Officer, ...],
        posts: tuple[Post, ...],
        absences: tuple[Absence, ...] = (),
        units: tuple[Unit, ...] = (),
        hamlets: tuple[Hamlet, ...] = (),
    ) -> None:
        super().__init__(authorities, officers, posts, absences, units, hamlets)
        self._rows = (authorities, officers, posts, absences, units, hamlets)

    def with_absences(self, *absences: Absence) -> "Directory":
        """The same directory with more absences. Raises `Overlap`, `DanglingId` and the like."""
        authorities, officers, posts, known, units, hamlets = self._rows
        return Directory(authorities, officers, posts, known + absences, units, hamlets)

    def resolve(self, authority_id: str, role: Role, on: date, excluded: frozenset[str] = NOBODY) -> Recipient:
        """Who takes a task of this role. Raises `UnknownAuthority`, `NobodyLawful`; see `find_recipient`."""
        return find_recipient(self, authority_id, role, on, excluded)

    def problems(self, on: date) -> tuple[Problem, ...]:
        """What will make tasks climb on that day; see `find_problems`."""
        return find_problems(self, on)
