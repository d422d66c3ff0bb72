"""What one row of the table is: a dated, cited rule, with or without a number."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.law.errors import OptionNotKnown, RuleHasNoTerm


class Kind(StrEnum):
    """What the number of a rule means."""

    TEXT = "text"
    """no number"""
    TERM = "term"
    """act at the latest when the term ends"""
    MINIMUM = "minimum"
    """a state lasts at least so long (display, legal effect, storage)"""
    BEFORE = "before"
    """act at least so long before the event"""
    FREQUENCY = "frequency"
    """so often per period"""
    COUNT = "count"
    """so many people, cases, criteria, đồng"""


class Unit(StrEnum):
    """Units: `d` calendar days, `wd` working days; the others name what is counted."""

    DAY = "d"
    WORKING_DAY = "wd"
    MONTH = "month"
    YEAR = "year"
    HOUR = "hour"
    DAY_PER_WEEK = "day_per_week"
    DAY_PER_MONTH = "day_per_month"
    DAY_PER_YEAR = "day_per_year"
    PER_MONTH = "per_month"
    LEVEL = "level"
    CASE = "case"
    TIME = "time"
    PERSON = "person"
    CRITERION = "criterion"
    CONDITION = "condition"
    FORM = "form"
    COLUMN = "column"
    VND_PER_DAY = "vnd_per_day"


class StartEvent(StrEnum):
    """The legal event a term is counted from; the event day itself is not counted (T-01)."""

    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    DECISION_KNOWN = "decision_known"
    DECISION_RECEIVED = "decision_received"
    DECISION_ISSUED = "decision_issued"
    FIRST_LIMIT_OR_DECISION_RECEIVED = "first_limit_or_decision_received"
    EFFECTIVE = "effective"
    POSTING = "posting"
    MEETING = "meeting"
    DIALOGUE = "dialogue"
    TERMINATION_NOTICE = "termination_notice"
    SUSPENSION_DECISION = "suspension_decision"
    INFORMATION_REQUEST = "information_request"
    FILE_CLOSED = "file_closed"
    PRIOR_TERM_END = "prior_term_end"
    CONCLUSION_ISSUED = "conclusion_issued"
    DEMAND_RECEIVED = "demand_received"
    HANDLING_RESULT = "handling_result"
    FILED = "filed"
    CONTENT_TAKEN = "content_taken"
    ONLINE_SESSION = "online_session"
    RECEPTION_DAY = "reception_day"
    REFUSAL_GROUND = "refusal_ground"
    SETTLEMENT = "settlement"
    RESULT_RECEIVED = "result_received"
    ENTRY_INTO_FORCE = "entry_into_force"
    MINUTES = "minutes"
    ASSIGNMENT = "assignment"
    PROTECTION_REQUEST = "protection_request"
    GROUND_KNOWN = "ground_known"
    DISPATCH = "dispatch"


TERM_KINDS = frozenset({Kind.TERM, Kind.MINIMUM, Kind.BEFORE})
TERM_UNITS = frozenset({Unit.DAY, Unit.WORKING_DAY, Unit.MONTH, Unit.YEAR})


@dataclass(frozen=True, slots=True)
class Amounts:
    """Totals from the start event, never additions (trap A2). None: the rule does not know that option."""

    normal: int
    complicated: int | None = None
    remote: int | None = None
    complicated_remote: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated version of one rule. `valid_to` is the last day, None while no end is known."""

    id: str
    title: str
    citation: str
    instrument: str
    instrument_name: str
    valid_from: date
    valid_to: date | None
    kind: Kind = Kind.TEXT
    unit: Unit | None = None
    amounts: Amounts | None = None
    start: StartEvent | None = None
    notes: tuple[str, ...] = ()
    policy: bool = False

    @property
    def law_version(self) -> str:
        """Slug of the instrument and the day this version began, e.g. `nd155-2026.20260701`."""
        return f"{self.instrument}.{self.valid_from:%Y%m%d}"

    @property
    def has_term(self) -> bool:
        """Whether a due date can be computed from a date alone."""
        return self.kind in TERM_KINDS and self.unit in TERM_UNITS

    def in_force(self, on: date) -> bool:
        """Whether this version applies to a start event of that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def amount(self, *, complicated: bool = False, remote: bool = False) -> int:
        """The total for these options. Raises `RuleHasNoTerm`, `OptionNotKnown`."""
        if self.amounts is None:
            raise RuleHasNoTerm
        match complicated, remote:
            case False, False:
                found: int | None = self.amounts.normal
            case True, False:
                found = self.amounts.complicated
            case False, True:
                found = self.amounts.remote
            case _:
                found = self.amounts.complicated_remote
        if found is None:
            raise OptionNotKnown
        return found
