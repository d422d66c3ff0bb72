"""How values look on a page: names from the directory, Vietnamese dates, time left. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.portal.web.base.texts import Texts
from shared.directory import Directory, DirectoryError
from shared.law import LawError, due, rule
from shared.law.day import LEGAL_ZONE

SOON = 3
"""Days before the due date from which it counts as near."""
_DIRECTORY_FACTS = frozenset({
    "holder_id", "recipient_id", "acknowledged_by", "signed_by", "competent_authority_id", "from_authority_id",
    "to_authority_id", "authority_id", "superior_authority_id",
})  # fmt: skip
_DATE_FACTS = frozenset({
    "accepted_on", "received_on", "due_on", "dispatched_on", "returned_on", "guided_on", "filed_on", "refused_on",
    "decided_on", "sent_on", "closed_on", "was_on", "document_on", "moved_on", "paused_on",
})  # fmt: skip
_LABELLED = {
    "kind": ("kind",), "rung": ("rung",), "medium": ("medium",), "reason": ("end", "return_reason", "move_reason"),
    "channel": ("channel",), "task": ("task",), "purpose": ("purpose",), "document": ("document",),
    "forwarded_by": ("body",), "to_body": ("body",), "proof": ("proof",), "ground": ("ground", "pause_ground"),
    "outcome": ("outcome",), "notice": ("notice",), "move": ("case_move",),
}  # fmt: skip
"""Groups of labels in which a fact's word is looked up; the first that has it counts."""


@dataclass(frozen=True, slots=True)
class Left:
    """Time left until a due date: a word for the style, and the sentence that says it."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Show:
    """Formats for one page, in one language, on one legal day."""

    directory: Directory
    texts: Texts
    today: date

    def officer(self, officer_id: str | None) -> str:
        """Name of an officer, a dash when there is none."""
        if not officer_id or not self.directory.knows(officer_id):
            return officer_id or "—"
        return self.directory.officer(officer_id).name

    def post(self, officer_id: str | None) -> str:
        """Title of an officer's post today, empty when he holds none."""
        if not officer_id or not self.directory.knows(officer_id):
            return ""
        posts = self.directory.posts_of(officer_id, self.today)
        return posts[0].title if posts else ""

    def authority(self, authority_id: str | None) -> str:
        """Name of an authority, with its first letter in capitals."""
        if not authority_id:
            return "—"
        try:
            name = self.directory.authority(authority_id).name
        except DirectoryError:
            return authority_id
        return f"UBND {name}"

    def target(self, target: str) -> str:
        """Name of whom or what a letter is against."""
        return self.authority(target) if self.directory.has_authority(target) else self.officer(target)

    def day(self, value: date | None) -> str:
        """dd/mm/yyyy."""
        return value.strftime("%d/%m/%Y") if value else "—"

    def instant(self, value: datetime | None) -> str:
        """Hour and day in Việt Nam."""
        return value.astimezone(LEGAL_ZONE).strftime("%H:%M %d/%m/%Y") if value else "—"

    def left(self, due_on: date) -> Left:
        """How long until a due date, or how long since."""
        days = (due_on - self.today) // timedelta(days=1)
        if days < 0:
            return Left("late", self._count("quá hạn {n} ngày", -days))
        if days == 0:
            return Left("soon", self.texts.phrase("hạn hôm nay"))
        return Left("soon" if days <= SOON else "calm", self._count("còn {n} ngày", days))

    def waited(self, since: date, until: date | None = None) -> str:
        """Total waiting since first receipt anywhere, which nothing moves, up to the end of the case."""
        return self._count("{n} ngày", ((until or self.today) - since).days)

    def rule(self, rule_id: str, on: date) -> Mapping[str, str]:
        """Title and citation of a statutory rule in force on a day."""
        try:
            found = rule(rule_id, on)
        except LawError:
            return {"title": rule_id, "citation": ""}
        return {"title": found.title, "citation": f"{found.citation} ({found.instrument_name})"}

    def provisional(self, rule_id: str, start: date) -> bool:
        """Whether the due date of a rule may still move because the law of a calendar day is not settled."""
        try:
            return due(rule_id, start).provisional
        except LawError:
            return False

    def fact(self, name: str, value: Any) -> str:
        """One fact of a timeline row."""
        if value is None:
            return "—"
        if isinstance(value, bool):
            return self.texts.phrase("có" if value else "không")
        if name in _DIRECTORY_FACTS:
            return self.target(value)
        if name in _DATE_FACTS:
            return self.day(date.fromisoformat(value))
        groups = [group for group in _LABELLED.get(name, ()) if self.texts.has(group, value)]
        return self.texts.label(groups[0], value) if groups else str(value)

    def corrected(self, facts: Mapping[str, Any]) -> str:
        """One sentence for a received day that was corrected."""
        sentence = self.texts.phrase("Ngày nhận sửa từ {was} thành {now}, theo văn bản số {number} ngày {on}")
        days = {"was": facts["was_on"], "now": facts["received_on"], "on": facts["document_on"]}
        for name, day in days.items():
            sentence = sentence.replace(f"{{{name}}}", self.day(date.fromisoformat(day)))
        return sentence.replace("{number}", facts["document_number"])

    def _count(self, phrase: str, number: int) -> str:
        return self.texts.phrase(phrase).replace("{n}", f"{number}")
