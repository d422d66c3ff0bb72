"""Lives of letters as the services tell them, published by hand where only the door itself is looked at."""

import socket
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.base import Event
from shared.contracts.bus.envelope import Envelope
from shared.contracts.casework import CaseAccepted, CaseDecided, CaseOpened, CaseRefused, CaseTaken
from shared.contracts.escalation import ClockStarted
from shared.contracts.intake import PetitionNumbered, PetitionRegistered
from shared.contracts.notify import AlertRaised
from shared.contracts.routing import ClassificationConfirmed, ClassificationProposed, LetterTransferred
from shared.contracts.vocabulary import Channel, Kind, Outcome, Proof, RefusalGround, Result, Rung, Task
from tests.component.stream import publish
from tests.escalation_events import MORNING, told
from tests.world import World, until

DAY = date(2025, 1, 6)
DESK, OFFICER, HEAD = "dong-khe-03", "dong-khe-04", "dong-khe-01"
WHOLE_COMMUNE = [f"dong-khe-{number:02d}" for number in range(1, 6)]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


async def open_door(world: World) -> str:
    """Only the portal, and its address."""
    port = free_port()
    await world.start("portal", port=port, demo_accounts=True)
    return f"http://127.0.0.1:{port}"


@dataclass
class Story:
    """One letter; events are numbered as their services would."""

    world: World
    case_id: UUID = field(default_factory=uuid4)
    versions: Counter[str] = field(default_factory=Counter)
    untold: list[Envelope] = field(default_factory=list)

    def tell(self, *events: Event, at: datetime = MORNING) -> "Story":
        """Note events to publish."""
        for event in events:
            alert = getattr(event, "alert_id", None) or getattr(event, "clock_id", None)
            if not alert:
                self.versions[event.service] += 1
            version = 1 if alert else self.versions[event.service]
            self.untold.append(
                told(
                    event,
                    case_id=self.case_id,
                    at=at,
                    realm=self.world.tag,
                    version=version,
                    aggregate_id=alert or self.case_id,
                )
            )
        return self

    def registered(self, authority_id: str = "dong-khe", **more: Any) -> "Story":
        values = {"channel": Channel.COUNTER, "received_on": DAY, "signed": True, "registered_by": DESK} | more
        return self.tell(PetitionRegistered(authority_id=authority_id, **values))

    def proposed(
        self, kind: Kind | None = Kind.COMPLAINT, authority_id: str = "dong-khe", *, confirmer: str = DESK,
        excluded: Sequence[str] = (), **more: Any,
    ) -> "Story":  # fmt: skip
        values = {
            "competent_authority_id": authority_id, "holder_id": OFFICER, "rules": ["XL-03"], "reasons": [],
            "alternatives": [], "confidence": 0.9, "abstained": False, "receiving_authority_id": authority_id,
            "received_on": DAY,
        } | more  # fmt: skip
        named = {"confirmer_authority_id": authority_id, "confirmer_id": confirmer, "excluded": list(excluded)}
        return self.tell(ClassificationProposed(kind=kind, **named, **values))

    def confirmed(
        self, kind: Kind = Kind.COMPLAINT, authority_id: str = "dong-khe", *, holder: str = OFFICER,
        excluded: Sequence[str] = (), number: str | None = "KN-2025-00017",
    ) -> "Story":  # fmt: skip
        self.tell(
            ClassificationConfirmed(
                kind=kind, competent_authority_id=authority_id, holder_id=holder, rules=["KN-01"], corrected=False,
                confirmed_by=DESK, receiving_authority_id=authority_id, excluded=list(excluded), barred=[],
                received_on=DAY,
            )
        )  # fmt: skip
        if number:
            self.tell(PetitionNumbered(number=number, kind=kind, authority_id=authority_id))
        return self.tell(
            CaseOpened(
                kind=kind,
                authority_id=authority_id,
                holder_id=holder,
                task=Task.TAKE_OVER,
                expected_result=Result.HOLDER_IN_CHARGE,
            )
        )

    def taken(self, authority_id: str = "dong-khe", *, holder: str = OFFICER) -> "Story":
        return self.tell(
            CaseTaken(
                authority_id=authority_id,
                holder_id=holder,
                task=Task.PREPARE_ACCEPTANCE,
                expected_result=Result.ACCEPTANCE_NOTICE,
            )
        )

    def accepted(self, kind: Kind = Kind.COMPLAINT) -> "Story":
        return self.tell(
            CaseAccepted(
                kind=kind, level=1, authority_id="dong-khe", holder_id=OFFICER, document_number="15/TB-UBND",
                signed_by=HEAD, accepted_on=DAY, legal_basis="KN-12", task=Task.RESOLVE,
                expected_result=Result.DECISION,
            )
        )  # fmt: skip

    def refused(self) -> "Story":
        return self.tell(
            CaseRefused(
                kind=Kind.COMPLAINT, level=1, authority_id="dong-khe", holder_id=OFFICER,
                document_number="16/TB-UBND", signed_by=HEAD, refused_on=DAY, ground=RefusalGround.NOT_SIGNED,
                legal_basis="KN-31", task=Task.SEND_NOTICE, expected_result=Result.NOTICE_SENT,
            )
        )  # fmt: skip

    def decided(self, outcome: Outcome = Outcome.PARTLY_UPHELD) -> "Story":
        return self.tell(
            CaseDecided(
                kind=Kind.COMPLAINT, level=1, authority_id="dong-khe", holder_id=OFFICER,
                document_number="20/QĐ-UBND", signed_by=HEAD, decided_on=DAY, outcome=outcome,
                task=Task.SEND_NOTICE, expected_result=Result.NOTICE_SENT,
            )
        )  # fmt: skip

    def transferred(self, to: str, handler: str, *, kind: Kind = Kind.FEEDBACK, by: str = DESK) -> "Story":
        return self.tell(
            LetterTransferred(
                kind=kind, from_authority_id="dong-khe", to_authority_id=to, to_handler_id=handler,
                document_number="07/PC-UBND", dispatched_on=DAY, proof=Proof.POSTED, transferred_by=by,
                rules=["XL-16"], excluded=[], received_on=DAY,
            )
        )  # fmt: skip

    def clock(self, rule: str, due_on: date, authority_id: str = "dong-khe", *, provisional: bool = False) -> "Story":
        return self.tell(
            ClockStarted(
                clock_id=uuid4(), rule=rule, authority_id=authority_id, starts_on=DAY, due_on=due_on,
                due_at=datetime.combine(due_on, MORNING.timetz()), warn_at=MORNING, amount=10, unit="d",
                law_version="2025", calendar_version="2025", provisional=provisional,
            )
        )  # fmt: skip

    def alert(self, recipient: str, rung: Rung = Rung.BREACH_LEADER) -> "Story":
        return self.tell(
            AlertRaised(
                alert_id=uuid4(), clock_id=uuid4(), rule="KN-12", rung=rung, recipient_id=recipient, due_on=DAY,
                acknowledge_by=MORNING,
            )
        )  # fmt: skip


async def publish_all(world: World, stories: Iterable[Story]) -> None:
    """Publish what is untold and wait until the read model has it."""
    for story in stories:
        for envelope in story.untold:
            await publish(world, envelope)
        wanted = dict(story.versions)
        story.untold.clear()

        async def there(case_id: UUID = story.case_id, wanted: dict[str, int] = wanted) -> bool:
            async with world.database("portal") as connection:
                found = await connection.fetchval("select versions from case_view where case_id = $1", case_id)
            return found is not None and all(f'"{name}": {number}' in found for name, number in wanted.items())

        await until(there)
    async with world.database("portal") as connection:
        await until(lambda: _read_everything(world, connection))


async def _read_everything(world: World, connection: Any) -> bool:
    async with world.bus("portal") as bus:
        last = (await bus.jetstream().stream_info("EVENTS")).state.last_seq
    newest = await connection.fetchval("select max(sequence) from position")
    return bool(newest >= last)
