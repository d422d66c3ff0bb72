"""Base classes of events, commands, queries and replies, and the sealed field."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from shared.contracts.vocabulary import DocumentNumber, ErrorCode, RuleId

T = TypeVar("T", bound=BaseModel)

SEALED_LIMIT = 480 * 1024
"""Greatest length of one sealed field in characters; a NATS message stays under 512 KiB."""


class Contract(BaseModel):
    """Anything that travels: frozen, tolerant of unknown fields of a later version, silent about bad values."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Protected(BaseModel):
    """Content that may exist only inside a :class:`Sealed` field or the vault."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class Sealed(Generic[T]):
    """A field encrypted to the receiving service's key; in JSON an opaque base64url string."""

    __slots__ = ("ciphertext",)

    def __init__(self, ciphertext: str) -> None:
        self.ciphertext = ciphertext

    def __repr__(self) -> str:
        return "Sealed(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.ciphertext == self.ciphertext

    def __hash__(self) -> int:
        return hash(self.ciphertext)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(pattern=r"^[A-Za-z0-9_-]+$", max_length=SEALED_LIMIT)
        from_text = core_schema.no_info_after_validator_function(cls, text)
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_text]),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda sealed: sealed.ciphertext),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "format": "sealed", "maxLength": SEALED_LIMIT}


class Event(Contract):
    """Something that happened: `of="<service>.<noun>.<past verb>"`, versioned, never edited once released."""

    of: ClassVar[str]
    service: ClassVar[str]
    version: ClassVar[int] = 1

    def __init_subclass__(cls, *, of: str = "") -> None:
        super().__init_subclass__()
        if of:
            cls.of, cls.service = of, of.split(".")[0]

    @classmethod
    def type(cls) -> str:
        """Event type without version, e.g. `intake.petition.registered`."""
        return cls.of


class Paper(Contract):
    """What an act says of its paper: the number, from the series of its authority and year."""

    document_number: DocumentNumber


class Reply(Contract):
    """Base of what a command or query answers when it succeeds."""


class Done(Reply):
    """A case (or alert) reached this version of the answering service's aggregate."""

    case_id: UUID
    version: int


class Error(Contract):
    """A typed refusal. `field` names the contract's field at fault; the console turns the code into a sentence."""

    code: ErrorCode
    field: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,60}$")] | None = None
    position: int | None = None
    """Zero-based character offset in the text at fault."""
    rule: RuleId | None = None
    """The rule of law that forbids it."""


class OnCase(Contract):
    """What a command on a case says first: which, and the version its sender saw."""

    case_id: UUID
    expected_version: Annotated[int, Field(ge=0)]


class Command(Contract):
    """A wish of a named person, `of="<service>.<verb>"`, checked and decided by the receiving service."""

    service: ClassVar[str]
    name: ClassVar[str]
    reply: ClassVar[type[Reply]]
    channel: ClassVar[str] = "cmd"

    def __init_subclass__(cls, *, of: str = "", reply: type[Reply] = Done) -> None:
        super().__init_subclass__()
        if of:
            cls.service, cls.name = of.split(".")
            cls.reply = reply

    @classmethod
    def subject(cls) -> str:
        """NATS subject, e.g. `cmd.intake.register`."""
        return f"{cls.channel}.{cls.service}.{cls.name}"


class Query(Command):
    """A question; a protected read is recorded before it is answered."""

    channel: ClassVar[str] = "q"


class Counters(Reply):
    """Violations of the laws of the house as one service counts them; every value must be 0."""

    counters: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")], int]
    gauges: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")], int] = {}
    case_now: datetime | None = None
