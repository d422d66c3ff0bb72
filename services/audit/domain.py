"""The chain: each entry's hash covers the entry before and its own content. Pure: anybody can verify it offline.

A restore opens an epoch: the chain goes on from the restored head with an entry that names what it continues and the
highest head known to have been signed in the stretch that is lost.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import ValidationError

from shared.contracts.audit import EpochOpened
from shared.contracts.bus.envelope import Envelope

_EPOCH_MARK = f'"type":"{EpochOpened.type()}"'


@dataclass(frozen=True, slots=True)
class Entry:
    """One link."""

    number: int
    content: str
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head that audit signed."""

    number: int
    hash: bytes
    signed_at: datetime
    signature: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where the chain is not what was written."""

    number: int
    code: str
    epoch: int | None = None
    """The epoch whose restore lost the stretch, when that is what the finding says."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """An entry that opened an epoch."""

    first: int
    """Its own number."""
    opened: EpochOpened

    def lost(self, number: int, hashed: bytes) -> bool:
        """Whether a head noted elsewhere can only be of the stretch that this restore lost."""
        later = self.opened.later_number or 0
        if number == later:
            return hashed.hex() == self.opened.later_head
        return self.opened.continues_number < number < later


def genesis(realm_tag: str, epoch: int = 1) -> bytes:
    """The hash before the first entry: names the installation and the epoch."""
    return hashlib.sha256(f"donthu-ledger|{realm_tag}|{epoch}".encode()).digest()


def content_of(envelope: Envelope) -> str:
    """What an entry says of an event: canonical JSON, keys sorted."""
    return orjson.dumps(
        {
            "id": envelope.id,
            "type": envelope.type,
            "schema": envelope.schema_version,
            "case": envelope.case_id,
            "aggregate": envelope.aggregate_id,
            "version": envelope.version,
            "cause": envelope.causation_id,
            "correlation": envelope.correlation_id,
            "legal_at": envelope.legal_at,
            "recorded_at": envelope.recorded_at,
            "actor": envelope.actor_id,
            "trace": envelope.traceparent,
            "data": orjson.Fragment(envelope.event.model_dump_json()),
        },
        option=orjson.OPT_SORT_KEYS,
    ).decode()


def link(previous: bytes, number: int, content: str) -> bytes:
    """Hash of an entry."""
    return hashlib.sha256(previous + number.to_bytes(8, "big") + content.encode()).digest()


def chained(number: int, head: bytes, contents: Iterable[str]) -> Iterator[Entry]:
    """New entries after `number`."""
    for place, content in enumerate(contents, start=number + 1):
        hashed = link(head, place, content)
        yield Entry(place, content, head, hashed)
        head = hashed


def _signed_bytes(number: int, hashed: bytes, signed_at: datetime) -> bytes:
    return b"donthu-head|" + number.to_bytes(8, "big") + hashed + signed_at.isoformat().encode()


def sign(key: bytes, number: int, hashed: bytes, signed_at: datetime) -> SignedHead:
    """Sign a head with audit's Ed25519 key (32 raw bytes)."""
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(_signed_bytes(number, hashed, signed_at))
    return SignedHead(number, hashed, signed_at, signature)


def verify(
    start: bytes, entries: Iterable[Entry], heads: Sequence[SignedHead], public_key: bytes, expected: str | None = None
) -> tuple[int, bytes, list[Finding]]:
    """Walk the chain from its genesis; return the number of entries, the last hash and what is wrong.

    `expected` is a head noted elsewhere, `number:hash in hex`: deletion at the end shows against it. A head of the
    stretch that a restore lost is told apart (`lost_in_restore`), if the restore had named a head at or above it.
    """
    findings: list[Finding] = []
    wanted = {head.number: head.hash for head in heads}
    noted_number, noted = parse_head(expected) if expected else (0, start)
    epochs: list[Epoch] = []
    number, head, found = 0, start, start if noted_number == 0 else b""
    for entry in entries:
        number += 1
        findings.extend(_check_entry(entry, number, head))
        if _EPOCH_MARK in entry.content:
            findings.extend(_open_epoch(epochs, entry, number, head))
        head = entry.hash
        if number in wanted and wanted.pop(number) != head:
            findings.append(Finding(number, "differs_from_signed_head"))
        if number == noted_number:
            found = head
    if found != noted:
        findings.append(_misses(epochs, noted_number, noted, deleted=noted_number > number))
    findings.extend(Finding(missing, "deleted_after_signed_head") for missing in sorted(wanted) if missing > 0)
    findings.extend(Finding(bad.number, "signature_invalid") for bad in heads if not _signature_holds(public_key, bad))
    return number, head, findings


def parse_head(noted: str) -> tuple[int, bytes]:
    """Number and hash of `number:hash in hex`.

    Raises:
        ValueError: it is not of that form.
    """
    number, _, hashed = noted.partition(":")
    return int(number), bytes.fromhex(hashed)


def epoch_of(entry: Entry) -> Epoch | None:
    """What an entry opens, when it opens an epoch."""
    if _EPOCH_MARK not in entry.content:
        return None
    try:
        content = orjson.loads(entry.content)
        if content["type"] != EpochOpened.type():
            return None
        return Epoch(entry.number, EpochOpened.model_validate_json(orjson.dumps(content["data"])))
    except (ValueError, KeyError, ValidationError):
        return None


def _open_epoch(epochs: list[Epoch], entry: Entry, number: int, head: bytes) -> Iterator[Finding]:
    epoch = epoch_of(entry)
    if epoch is None:
        return
    opened, before = epoch.opened, epochs[-1].opened.epoch if epochs else 1
    if (opened.epoch, opened.continues_number, opened.continues_head) != (before + 1, number - 1, head.hex()):
        yield Finding(number, "epoch_contradicts")
    epochs.append(epoch)


def _misses(epochs: Sequence[Epoch], number: int, noted: bytes, *, deleted: bool) -> Finding:
    for epoch in epochs:
        if epoch.lost(number, noted):
            return Finding(number, "lost_in_restore", epoch.opened.epoch)
    return Finding(number, "deleted_after_signed_head" if deleted else "differs_from_signed_head")


def _check_entry(entry: Entry, number: int, head: bytes) -> Iterator[Finding]:
    if entry.number != number:
        yield Finding(number, "number_missing")
    if entry.previous != head:
        yield Finding(number, "link_broken")
    if link(entry.previous, entry.number, entry.content) != entry.hash:
        yield Finding(number, "content_changed")


def _signature_holds(public_key: bytes, head: SignedHead) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            head.signature, _signed_bytes(head.number, head.hash, head.signed_at)
        )
    except InvalidSignature:
        return False
    return True
