"""The closed vocabulary of contracts: no other type of text may stand in an event, a command or a reply.

A free string could carry a name, a letter's text or an officer's remark out of the vault; `tests/contract` walks every
contract and fails on a type that is not listed here.
"""

from shared.contracts.vocabulary.clocks import Duty, EndReason, Medium, MoveReason, Rung
from shared.contracts.vocabulary.errors import ErrorCode
from shared.contracts.vocabulary.letters import Body, Channel, DocumentKind, Flag, Kind, Purpose
from shared.contracts.vocabulary.progress import (
    CaseMove,
    Criterion,
    EndGround,
    FilingGround,
    Mark,
    Notice,
    Outcome,
    PauseGround,
    Proof,
    RefusalGround,
    Result,
    ReturnReason,
    Stage,
    Task,
    Withdrawer,
)
from shared.contracts.vocabulary.strings import (
    CalendarVersion,
    Code,
    Digest,
    DirectoryId,
    DocumentNumber,
    KeyedHash,
    RegisterNumber,
    RuleId,
    TraceParent,
)

__all__ = [
    "Body",
    "CalendarVersion",
    "CaseMove",
    "Channel",
    "Code",
    "Criterion",
    "Digest",
    "DirectoryId",
    "DocumentKind",
    "DocumentNumber",
    "Duty",
    "EndGround",
    "EndReason",
    "ErrorCode",
    "FilingGround",
    "Flag",
    "KeyedHash",
    "Kind",
    "Mark",
    "Medium",
    "MoveReason",
    "Notice",
    "Outcome",
    "PauseGround",
    "Proof",
    "Purpose",
    "RefusalGround",
    "RegisterNumber",
    "Result",
    "ReturnReason",
    "RuleId",
    "Rung",
    "Stage",
    "Task",
    "TraceParent",
    "Withdrawer",
]
