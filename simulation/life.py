"""Lives of letters as the services themselves decide them: their pure decisions, one after another, without servers."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Any, TypeVar
from uuid import UUID, uuid4

from services.casework.domain import acceptance, closing, decision, notice, taking
from services.casework.domain.opening import open_case
from services.casework.domain.standing import competent_persons
from services.casework.domain.state import CaseFile
from services.escalation.domain.firing import DueRung, fire
from services.escalation.domain.reaction import decide as watch
from services.escalation.domain.state import Clock, Watched
from services.intake.domain.petition import REGISTERS
from services.notify.domain import acknowledge, raise_alert
from services.routing.domain import confirmation, ending, transfer
from services.routing.domain.exclusion import classifiers
from services.routing.domain.proposal import react as propose
from services.routing.domain.state import Classification
from shared.contracts.bus.envelope import Envelope
from shared.contracts.bus.flows import consumed_types
from shared.contracts.casework import Accept, Close, Decide, ProveNotice, TakeOver
from shared.contracts.escalation import RungFired
from shared.contracts.intake import Evidence, KindScore, PetitionNumbered, PetitionRead, PetitionRegistered
from shared.contracts.routing import ConfirmItem, File, Transfer
from shared.contracts.vocabulary import Body, Channel, FilingGround, Kind, Outcome, Proof, Stage
from shared.directory import Directory, Role
from shared.effects import Cause, Draft, Effect, numbered
from shared.law.day import LEGAL_ZONE
from shared.messaging.outbox.emitter import Emitter
from shared.telemetry.tracing import new_traceparent

T = TypeVar("T")
_OUTCOME = {Kind.LAND_DISPUTE: Outcome.AGREED, Kind.FEEDBACK: Outcome.ANSWERED}
_WATCHED = consumed_types("escalation")


@dataclass
class Life:
    """One letter; every act is told to all services, whose reactions follow at once."""

    directory: Directory
    realm: str
    alert_seen: bool = True
    """Whether whoever is alerted acknowledges."""
    case_id: UUID = field(default_factory=uuid4)
    told: list[Envelope] = field(default_factory=list)
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._trace = new_traceparent()
        self._correlation = uuid4()
        self._arrivals = 0
        self._letter: Classification | None = None
        self._file: CaseFile | None = None
        self._watched: Watched | None = None

    @property
    def state(self) -> Stage | None:
        """How far casework is."""
        return self._file.stage if self._file else None

    def receive(self, authority_id: str, kind: Kind, against: Sequence[str], on: date) -> None:
        """The desk registers the letter and intake reads it; routing proposes."""
        self.advance(on)
        desk = self.directory.resolve(authority_id, Role.HANDLER, on).officer_id
        self._intake(
            PetitionRegistered(
                channel=Channel.COUNTER, authority_id=authority_id, received_on=on, signed=True, registered_by=desk
            ),
            desk,
        )
        self._intake(
            PetitionRead(
                authority_id=authority_id, channel=Channel.COUNTER, signed=True, received_on=on, kind_ticked=kind,
                scores=[KindScore(kind=kind, score=0.92)], abstained=False, flags=[], against=list(against),
                evidence=[Evidence(rule=f"kind.{kind.value}", start=0, end=12)], lexicon="vi-2025",
            )
        )  # fmt: skip

    def confirm(self, on: date, number: int) -> None:
        """The confirmer agrees; the letter gets its number and a case opens."""
        self.advance(on)
        letter = _known(self._letter)
        competent, holder = _known(letter.competent_authority_id), _known(letter.holder_id)
        kind = _known(letter.kind)
        item = ConfirmItem(
            case_id=self.case_id, expected_version=letter.version, kind=kind, level=letter.level,
            competent_authority_id=competent, holder_id=holder, nobody_denounced=True,
        )  # fmt: skip
        who = self._classifier(on)
        self._routing(confirmation.confirm(self.directory, letter, item, who, on), who)
        named = f"{REGISTERS[kind]}-{on.year}-{number:05}"
        self._intake(PetitionNumbered(number=named, kind=kind, authority_id=competent))

    def file(self, on: date) -> None:
        """The letter is filed at the desk."""
        self.advance(on)
        letter, who = _known(self._letter), self._classifier(on)
        command = File(
            case_id=self.case_id, expected_version=letter.version, kind=letter.kind, ground=FilingGround.UNREADABLE
        )
        self._routing(ending.file(self.directory, letter, command, who, on), who)

    def dispatch(self, on: date, *, to_authority_id: str | None = None, to_body: Body | None = None) -> None:
        """The letter goes to another authority, or to a body outside the house."""
        self.advance(on)
        letter, who = _known(self._letter), self._classifier(on)
        command = Transfer(
            case_id=self.case_id, expected_version=letter.version, kind=_known(letter.kind),
            to_authority_id=to_authority_id,
            to_body=to_body, document_number="7/PC-UBND", dispatched_on=on, proof=Proof.POSTED,
        )  # fmt: skip
        self._routing(transfer.transfer(self.directory, letter, command, who, on), who)

    def take_over(self, on: date) -> None:
        """The holder takes the case."""
        case = self._at(on)
        command = TakeOver(case_id=self.case_id, expected_version=case.version, nothing_bars_me=True)
        self._casework(taking.take_over(case, command, case.holder_id, on), case.holder_id)

    def accept(self, on: date) -> None:
        """The competent person accepts; feedback needs no acceptance."""
        case = self._at(on)
        if case.kind is Kind.FEEDBACK:
            return
        head = min(competent_persons(self.directory, case, on))
        command = Accept(
            case_id=self.case_id, expected_version=case.version, document_number="15/TB-UBND", accepted_on=on
        )
        self._casework(acceptance.accept(self.directory, case, command, head, on), head)

    def decide(self, on: date) -> None:
        """The competent person decides."""
        case = self._at(on)
        head = min(competent_persons(self.directory, case, on))
        command = Decide(
            case_id=self.case_id,
            expected_version=case.version,
            document_number="17/QD-UBND",
            decided_on=on,
            outcome=_OUTCOME.get(case.kind, Outcome.REJECTED),
        )
        self._casework(decision.decide(self.directory, case, command, head, on), head)

    def prove_and_close(self, on: date) -> None:
        """What is owed to the sender is told, then the file is closed."""
        for owed in sorted(self._at(on).owed):
            case = _known(self._file)
            command = ProveNotice(
                case_id=self.case_id,
                expected_version=case.version,
                notice=owed,
                document_number="17/QD-UBND",
                sent_on=on,
                proof=Proof.SIGNED_FOR,
            )
            self._casework(notice.prove_notice(case, command, case.holder_id, on), case.holder_id)
        case = _known(self._file)
        done = Close(case_id=self.case_id, expected_version=case.version, closed_on=on)
        self._casework(closing.close(case, done, case.holder_id, on), case.holder_id)

    def advance(self, on: date) -> None:
        """Time passes until nine o'clock of that day; rungs that come due fire at their instants."""
        until = datetime.combine(on, time_of_day(9), LEGAL_ZONE).astimezone(UTC)
        while (due := self._due()) is not None and (at := due.clock.next_fire_at) is not None and at <= until:
            watched, self.now = _known(self._watched), at
            fired = fire(self.directory, due)
            clocks = tuple(fired.clock if each.clock_id == fired.clock.clock_id else each for each in watched.clocks)
            after = numbered(watched, Effect(replace(watched, clocks=clocks), fired.drafts))
            self._watched = after.state
            self._tell(self._stamped("escalation", fired.cause, fired.drafts, watched.version))
        self.now = until

    def _due(self) -> DueRung | None:
        watched = self._watched
        first = min(watched.running, key=_fires_at, default=None) if watched else None
        return DueRung(first, watched.holder_id, watched.excluded, watched.version) if first and watched else None

    def _at(self, on: date) -> CaseFile:
        self.advance(on)
        return _known(self._file)

    def _classifier(self, on: date) -> str:
        letter = _known(self._letter)
        return min(classifiers(self.directory, letter, letter.confirmer_authority_id, on))

    def _intake(self, event: Any, actor_id: str = "") -> None:
        self._tell(self._stamped("intake", self._cause(actor_id), [Draft(event)], self._arrivals))
        self._arrivals += 1

    def _routing(self, decided: Effect[Classification], actor_id: str) -> None:
        before, self._letter = _known(self._letter), numbered(self._letter, decided).state
        self._tell(self._stamped("routing", self._cause(actor_id), decided.drafts, before.version))

    def _casework(self, decided: Effect[CaseFile], actor_id: str) -> None:
        before, self._file = _known(self._file), numbered(self._file, decided).state
        self._tell(self._stamped("casework", self._cause(actor_id), decided.drafts, before.version))

    def _cause(self, actor_id: str) -> Cause:
        return Cause(uuid4(), self._correlation, self._trace, self.now, actor_id)

    def _stamped(
        self, service: str, cause: Cause, drafts: Sequence[Draft], after: int, aggregate_id: UUID | None = None
    ) -> list[Envelope]:
        emitter = Emitter(service, self.realm)
        return list(emitter.stamp(cause, self.case_id, drafts, after=after, aggregate_id=aggregate_id))

    def _tell(self, envelopes: Sequence[Envelope]) -> None:
        waiting = deque(envelopes)
        while waiting:
            envelope = waiting.popleft()
            self.told.append(envelope)
            waiting.extend(self._reactions(envelope))

    def _reactions(self, envelope: Envelope) -> list[Envelope]:
        told: list[Envelope] = []
        if (proposed := propose(self.directory, frozenset(), self._letter, envelope)) is not None:
            before, self._letter = self._letter, numbered(self._letter, proposed).state
            told += self._stamped("routing", Cause.of(envelope), proposed.drafts, before.version if before else 0)
        if (opened := open_case(self._file, envelope)) is not None:
            self._file = numbered(None, opened).state
            told += self._stamped("casework", Cause.of(envelope), opened.drafts, 0)
        if envelope.type in _WATCHED and (seen := watch(self.directory, self._watched, envelope)) is not None:
            version = self._watched.version if self._watched else 0
            self._watched = numbered(self._watched, seen).state
            told += self._stamped("escalation", Cause.of(envelope), seen.drafts, version)
        if isinstance(envelope.event, RungFired):
            told += self._alerted(envelope, envelope.event)
        return told

    def _alerted(self, envelope: Envelope, fired: RungFired) -> list[Envelope]:
        raised = numbered(None, raise_alert(envelope, fired))
        alert = raised.state
        told = self._stamped("notify", Cause.of(envelope), raised.drafts, 0, alert.alert_id)
        if self.alert_seen:
            seen = acknowledge(alert, alert.recipient_id, self.now)
            told += self._stamped("notify", self._cause(alert.recipient_id), seen.drafts, alert.version, alert.alert_id)
        return told


def _fires_at(clock: Clock) -> datetime:
    return _known(clock.next_fire_at)


def _known(value: T | None) -> T:
    if value is None:
        raise ValueError("the life of this letter has not come so far")
    return value
