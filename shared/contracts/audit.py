"""audit: the hash-chained ledger."""

from datetime import datetime

from shared.contracts.base import Counters, Event, Query
from shared.contracts.vocabulary import Digest, DirectoryId


class HeadSigned(Event, of="audit.head.signed"):
    """The head of the chain was signed: a later deletion at the end shows against it."""

    number: int
    head: Digest


class EpochOpened(Event, of="audit.epoch.opened"):
    """The house was restored from a backup: the first entry of a new epoch names what it continues and what is lost."""

    epoch: int
    continues_number: int
    continues_head: Digest
    later_number: int | None = None
    """The highest head known to have been signed after the backup; its stretch of the chain is lost."""
    later_head: Digest | None = None
    entries_lost: int | None = None
    """Events that the old stream or a journal knows and the backup does not; None when neither was left."""
    keys_shredded_again: int = 0
    backed_up_at: datetime
    opened_by: DirectoryId


class AuditCounters(Query, of="audit.counters", reply=Counters):
    """Law counters of audit."""
