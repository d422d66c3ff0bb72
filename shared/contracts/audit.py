"""audit: the hash-chained ledger."""

from typing import ClassVar

from shared.contracts.base import Counters, Event, Query, Reply
from shared.contracts.vocabulary import Digest

SERVICE = "audit"


class HeadSigned(Event):
    """The head of the chain was signed: a later deletion at the end shows against it."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "head"
    verb: ClassVar[str] = "signed"

    number: int
    head: Digest


class AuditCounters(Query):
    """Law counters of audit."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "counters"
    reply: ClassVar[type[Reply]] = Counters
