"""What a restore says is lost, from events alone; and a journal that can be continued but not changed."""

from datetime import date
from pathlib import Path
from uuid import UUID

import orjson
import pytest

from operations.backup import journal
from operations.backup.happened import Happened, losses
from operations.errors import SENTENCES, OperationError

HEADER = {"journal": 1, "realm": "test-0a", "stream": "2025-01-06T00:00:00+00:00"}


def event(place: int, kind: str, case: int, /, **facts: object) -> Happened:
    return Happened(place, UUID(int=place), kind, UUID(int=case), "2025-01-06T01:00:00+00:00", facts)


REGISTERED = event(1, "intake.petition.registered", 7, authority_id="le-lai", received_on="2025-01-06", channel="post")
NUMBERED = event(2, "intake.petition.numbered", 7, authority_id="thach-an", number="TC-2025-00012")
OLDER = event(3, "intake.petition.numbered", 8, authority_id="le-lai", number="KN-2025-00004")
FIRST, SECOND = (event(4 + n, "audit.head.signed", 9, number=50 + n, head="ab" * 32) for n in range(2))


def test_receipts_and_numbers_are_listed_and_the_highest_number_of_each_register_is_known() -> None:
    lost = losses([REGISTERED, NUMBERED, OLDER, FIRST, SECOND])
    receipt, number = lost.people
    assert (receipt.case_id, receipt.petition_kept, receipt.authority_id) == (UUID(int=7), False, "le-lai")
    assert (receipt.received_on, receipt.register_number) == (date(2025, 1, 6), "TC-2025-00012")
    assert (number.case_id, number.petition_kept, number.register_number) == (UUID(int=8), True, "KN-2025-00004")
    assert lost.numbers == {("thach-an", "TC", 2025): 12, ("le-lai", "KN", 2025): 4}
    assert (lost.events, max(lost.heads)) == (5, 51)


def written(file: Path, *events: Happened) -> bytes:
    """A journal as the command writes it."""
    done = journal.Journaled(file, 0, 0, "")
    with file.open("wb") as out:
        for line in (HEADER, *map(journal._line_of, events)):
            journal._append(out, done, line)
    return file.read_bytes()


def test_a_journal_is_read_back_and_a_line_not_written_to_its_end_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "a.journal"
    whole = written(file, REGISTERED, NUMBERED)
    assert list(journal.recall(file, "test-0a")) == [REGISTERED, NUMBERED]
    file.write_bytes(whole[:-20])
    assert list(journal.recall(file, "test-0a")) == [REGISTERED]
    assert journal._resume(file, HEADER)[0] == 1
    assert list(journal.recall(tmp_path, "test-0a")) == [REGISTERED]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda lines: [lines[0], lines[2]], "journal_changed"),
        (lambda lines: [*lines[:2], lines[2].replace(b"TC-2025", b"KN-2025")], "journal_changed"),
        (lambda lines: [lines[0].replace(b"test-0a", b"test-0b"), *lines[1:]], "journal_changed"),
        (lambda lines: [b"{}" + chr(10).encode()], "journal_changed"),
    ],
)
def test_a_changed_journal_is_refused(tmp_path: Path, change, code: str) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "a.journal"
    lines = written(file, REGISTERED, NUMBERED).splitlines(keepends=True)
    file.write_bytes(b"".join(change(lines)))
    with pytest.raises(OperationError) as refused:
        list(journal.recall(file, "test-0a"))
    assert refused.value.code == code


def test_a_journal_of_another_house_or_stream_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.journal"
    written(file, REGISTERED)
    with pytest.raises(OperationError, match="foreign_realm"):
        list(journal.recall(file, "test-0b"))
    with pytest.raises(OperationError, match="journal_of_another_stream"):
        journal._resume(file, HEADER | {"stream": "2025-02-01T00:00:00+00:00"})
    with pytest.raises(OperationError, match="journal_missing"):
        list(journal.recall(tmp_path / "none", "test-0a"))


def test_a_journal_holds_no_more_of_an_event_than_is_needed(tmp_path: Path) -> None:
    lines = written(tmp_path / "a.journal", REGISTERED).splitlines()
    assert set(orjson.loads(lines[1])) == {"s", "id", "t", "c", "at", "f", "h"}


def test_every_refusal_has_its_sentence() -> None:
    assert all(OperationError(code).advice.endswith(".") for code in SENTENCES)
