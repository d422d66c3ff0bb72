"""What was seen of a house, as plain data; None stands for what could not be looked at."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Disk:
    """Space of one place, in bytes."""

    place: str
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """A server's certificate."""

    place: str
    ends: datetime | None
    """None: nobody answered there with a certificate."""


@dataclass(frozen=True, slots=True)
class Machine:
    """This machine and the files on it."""

    now: datetime
    realm: str | None = None
    """REALM, when it is set."""
    disks: tuple[Disk, ...] = ()
    secrets: dict[str, str] = field(default_factory=dict)
    """Error code by folder, of those that cannot be used."""
    certificates: tuple[Certificate, ...] = ()
    data_made_by: int | None = None
    """PostgreSQL's major version that made the embedded data."""
    programs_are: int | None = None
    """Major version of the embedded programs."""
    bus_syncs: bool | None = None
    """Whether the embedded nats-server writes each message to disk."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, and for how many seconds the first."""

    rows: int = 0
    seconds: float = 0.0


Privilege = tuple[str, str, str]
"""Service, table with its schema, what it may do there."""


@dataclass(frozen=True, slots=True)
class Database:
    """PostgreSQL."""

    version: str
    major: int
    now: datetime
    case_now: datetime
    ahead: timedelta
    """Of this machine's clock."""
    settings: dict[str, str] = field(default_factory=dict)
    tag: str | None = None
    """The house's realm; None before the first migrate."""
    tags: dict[str, str | None] = field(default_factory=dict)
    missing_migrations: dict[str, list[str]] = field(default_factory=dict)
    lacking: frozenset[Privilege] = frozenset()
    exceeding: frozenset[Privilege] = frozenset()
    strong_roles: tuple[str, ...] = ()
    """Services' roles that are more than ordinary."""
    unsent: dict[str, Queue] = field(default_factory=dict)
    held: dict[str, Queue] = field(default_factory=dict)
    mails: Queue = Queue()
    upkeep: dict[str, datetime] = field(default_factory=dict)
    """When a backup, a journal, a drill of the restore was last done."""
    half_restored: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a service's consumers did in two looks."""

    pending: tuple[int, int]
    delivered: tuple[int, int]
    asking: bool
    """Whether somebody asked for events."""


@dataclass(frozen=True, slots=True)
class Bus:
    """NATS."""

    version: str
    ahead: timedelta
    """Of this machine's clock."""
    tag: str | None
    """Realm of the stream; None: there is no stream."""
    used: int = 0
    limit: int = -1
    readers: dict[str, Reading] = field(default_factory=dict)
    """A service that has no consumer is missing here."""
    curious: tuple[str, ...] = ()
    """Services with a consumer that is sent more than their contract reads."""
    silent: tuple[str, ...] = ()
    counters: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    """Error code by identity that NATS does not let in."""
    permissions: dict[str, bool | None] = field(default_factory=dict)
    """Whether an identity has today's permissions; None: it may not even ask."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Everything together."""

    machine: Machine
    database: Database | None = None
    bus: Bus | None = None
    running: bool = True
    """Whether there is anything to connect to."""
    errors: dict[str, str] = field(default_factory=dict)
    """Error code of what could not be reached: `database`, `bus`."""
