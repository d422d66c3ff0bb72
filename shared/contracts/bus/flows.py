"""Who reads which events and who calls whom: the wiring of the house, as data."""

from shared.contracts import casework, escalation, intake, notify, routing
from shared.contracts.base import Event
from shared.contracts.house import SERVICES
from shared.contracts.registry import EVENTS

STEWARD = "steward"
"""The operator's identity: supervisor, migrate and the `donthu` command."""

CONSUMES: dict[str, tuple[type[Event], ...]] = {
    "intake": (
        routing.ClassificationProposed,
        routing.ClassificationConfirmed,
        routing.LetterTransferred,
        routing.TransferReceived,
        routing.TransferReturned,
        routing.LetterGuided,
        routing.LetterFiled,
        casework.CaseAccepted,
        casework.CaseRefused,
        casework.CaseDecided,
        casework.CaseReassigned,
    ),
    "routing": (intake.PetitionRead, intake.PetitionSplit, intake.ReceiptCorrected),
    "casework": (routing.ClassificationConfirmed, intake.ReceiptCorrected),
    "escalation": (
        intake.ReceiptCorrected,
        routing.ClassificationProposed,
        routing.ClassificationConfirmed,
        routing.LetterTransferred,
        routing.TransferReceived,
        routing.TransferReturned,
        routing.LetterGuided,
        routing.LetterFiled,
        routing.LetterSplit,
        casework.CaseTaken,
        casework.CaseAccepted,
        casework.CaseRefused,
        casework.CaseDecided,
        casework.CaseMoved,
        casework.NoticeProven,
        casework.CaseReassigned,
        casework.CaseClosed,
        notify.AlertAcknowledged,
    ),
    "notify": (escalation.RungFired,),
    "audit": tuple(EVENTS.values()),
    "portal": tuple(EVENTS.values()),
}
"""Event classes each service reads; the ledger and the read model read everything."""

ONE_READER = frozenset({"audit"})
"""Services of which one replica reads everything and the others stand by: a chain has one end."""

CALLS: dict[str, tuple[str, ...]] = {
    "portal": (*(f"cmd.{name}.>" for name in SERVICES), *(f"q.{name}.>" for name in SERVICES), "cmd.steward.jump"),
    STEWARD: (*(f"q.{name}.counters" for name in SERVICES), *(f"clock.{name}" for name in SERVICES)),
}
"""Commands and queries each identity may send."""


def consumed_types(service: str) -> frozenset[str]:
    """Types of the events that `service` reads."""
    return frozenset(event.type() for event in CONSUMES[service])


def filter_subjects(service: str, partitions: list[int], all_partitions: bool) -> list[str]:
    """Subjects a replica's consumer filters on: its partitions, and only the types it reads."""
    numbers = ["*"] if all_partitions else [str(partition) for partition in partitions]
    if len(CONSUMES[service]) == len(EVENTS):
        return [f"evt.{number}.>" for number in numbers]
    return [f"evt.{number}.{event_type}" for number in numbers for event_type in sorted(consumed_types(service))]
