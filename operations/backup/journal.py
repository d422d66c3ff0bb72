"""The journal: one chained line for each event of the stream, in a file that may lie elsewhere. Ids, no contents.

Each line's hash covers the line and the hash before, so a changed, removed or inserted line shows. A line that was not
written to its end (a crash, a full disk) is cut off at the next run.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from nats.aio.client import Client

from operations.backup.happened import Happened
from operations.backup.survivor import happenings, stream_made_at
from operations.embedded.private_files import append_private
from operations.errors import OperationError

FORMAT = 1
_HASH = b',"h":"'
_LONGEST_LINE = 64 * 1024
_FLUSH_EVERY = 5000


@dataclass(slots=True)
class Journaled:
    """What a run did."""

    file: Path
    lines: int
    sequence: int
    """Everything up to this sequence of the stream is in the journal."""
    head: str
    """Hash of the last line: note it elsewhere, and a cut end shows too."""


async def keep(steward: Client, place: Path, realm: str) -> Journaled:
    """Append what the stream holds since the last run. In a folder every stream has a file of its own.

    Raises:
        OperationError: `foreign_realm`, `journal_of_another_stream`, `journal_changed`.
    """
    made_at = await stream_made_at(steward, realm)
    header = {"journal": FORMAT, "realm": realm, "stream": made_at}
    file = place / f"{made_at:%Y%m%dT%H%M%S.%f}.journal" if place.is_dir() else place
    sequence, head = _resume(file, orjson.loads(orjson.dumps(header)))
    done = Journaled(file, 0, sequence, head)
    with append_private(file) as out:
        if not head:
            _append(out, done, header)
        async for each in happenings(steward, after=sequence):
            _append(out, done, _line_of(each))
            done.lines, done.sequence = done.lines + 1, each.sequence
            if done.lines % _FLUSH_EVERY == 0:
                _to_disk(out)
        _to_disk(out)
    return done


def recall(place: Path, realm: str) -> Iterator[Happened]:
    """What a journal says happened; of a folder, the journal of the newest stream.

    Raises:
        OperationError: `journal_missing`, `foreign_realm`, `journal_changed`.
    """
    file = max(place.glob("*.journal"), default=None) if place.is_dir() else place
    if file is None or not file.is_file():
        raise OperationError("journal_missing")
    head, header = "", None
    with file.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break  # not written to its end
            content, hashed = _split(line)
            if _chained(head, content) != hashed:
                raise OperationError("journal_changed")
            head = hashed
            if header is None:
                header = orjson.loads(content)
                if header.get("realm") != realm:
                    raise OperationError("foreign_realm")
            else:
                yield _event_of(orjson.loads(content))


def _resume(file: Path, header: dict[str, Any]) -> tuple[int, str]:
    """Sequence and hash of the last whole line; what follows it is cut off."""
    if not file.exists() or not file.stat().st_size:
        return 0, ""
    with file.open("r+b") as journal:
        if orjson.loads(_split(journal.readline())[0]) != header:
            raise OperationError("journal_of_another_stream")
        size = journal.seek(0, os.SEEK_END)
        journal.seek(max(0, size - _LONGEST_LINE))
        tail = journal.read()
        whole = tail.rfind(b"\n") + 1
        journal.truncate(size - len(tail) + whole)
    content, hashed = _split(tail[:whole].splitlines()[-1] + b"\n")
    return orjson.loads(content).get("s", 0), hashed


def _append(out: BufferedWriter, done: Journaled, line: dict[str, Any]) -> None:
    content = orjson.dumps(line)
    done.head = _chained(done.head, content)
    out.write(content[:-1] + _HASH + done.head.encode() + b'"}\n')


def _to_disk(out: BufferedWriter) -> None:
    out.flush()
    os.fsync(out.fileno())


def _split(line: bytes) -> tuple[bytes, str]:
    content, mark, hashed = line.rpartition(_HASH)
    if not mark or not hashed.endswith(b'"}\n'):
        raise OperationError("journal_changed")
    return content + b"}", hashed[:-3].decode()


def _chained(head: str, content: bytes) -> str:
    return hashlib.sha256(head.encode() + content).hexdigest()


def _line_of(each: Happened) -> dict[str, Any]:
    line: dict[str, Any] = {"s": each.sequence, "id": each.event_id, "t": each.type, "c": each.case_id, "at": each.at}
    return line | ({"f": dict(each.facts)} if each.facts else {})


def _event_of(line: dict[str, Any]) -> Happened:
    return Happened(line["s"], UUID(line["id"]), line["t"], UUID(line["c"]), line["at"], line.get("f", {}))
