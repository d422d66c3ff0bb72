"""State of a case's classification."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.contracts.vocabulary import Channel, Kind, Stage


@dataclass(frozen=True, slots=True)
class Classification:
    """What is proposed or decided for one letter."""

    case_id: UUID
    stage: Stage
    receiving_authority_id: str
    confirmer_authority_id: str
    received_on: date
    """Receipt at the receiving authority: its clocks count from here."""
    first_received_on: date
    """First receipt anywhere; moves only when its desk corrects what it entered."""
    channel: Channel
    signed: bool
    against: tuple[str, ...]
    """Directory ids of whom or what the letter is against."""
    excluded: tuple[str, ...]
    """Officers from whom the case is hidden."""
    possible: bool
    """A denunciation is not ruled out: nobody under whom it names sees it."""
    kind: Kind | None
    level: int
    competent_authority_id: str | None
    holder_id: str | None
    reasons: tuple[str, ...] = ()
    alternatives: tuple[Kind, ...] = ()
    confidence: float = 0.0
    abstained: bool = False
    transferred: bool = False
    """Was dispatched once already: this content is not transferred again."""
    from_authority_id: str | None = None
    to_authority_id: str | None = None
    """Where it was dispatched to, until that authority returned it."""
    dispatched_on: date | None = None
    named: bool = True
    """The sender gave a name; without one nothing is a denunciation (LTC Đ25)."""
    cleared: bool = False
    """A named person who is not complained of said that nothing in it denounces anybody."""
    version: int = 0
