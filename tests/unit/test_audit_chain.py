"""The chain: whatever is done to it afterwards, verification names the place."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain import Entry, SignedHead, chained, epoch_of, genesis, sign, verify
from services.audit.signer import is_due

START = genesis("test-0a1b2c3d")
PRIVATE = Ed25519PrivateKey.generate()
KEY = PRIVATE.private_bytes_raw()
PUBLIC = PRIVATE.public_key().public_bytes_raw()
NOON = datetime(2025, 1, 6, 5, 0, tzinfo=UTC)

Chain = list[Entry]


def a_chain(length: int = 6) -> tuple[Chain, list[SignedHead]]:
    entries = list(chained(0, START, (f'{{"n":{number}}}' for number in range(1, length + 1))))
    return entries, [sign(KEY, 4, entries[3].hash, NOON), sign(KEY, length, entries[-1].hash, NOON)]


def codes(entries: Chain, heads: list[SignedHead], expected: str | None = None) -> set[str]:
    return {finding.code for finding in verify(START, entries, heads, PUBLIC, expected)[2]}


def _rewritten(entries: Chain, at: int) -> Chain:
    """Somebody who can write everything but not sign: content changed, every later hash made anew."""
    contents = [entry.content for entry in entries]
    contents[at] = '{"n":"forged"}'
    return list(chained(0, START, contents))


ATTACKS: list[tuple[str, Callable[[Chain], Chain], str]] = [
    ("change a content", lambda chain: [*chain[:2], replace(chain[2], content="{}"), *chain[3:]], "content_changed"),
    ("take one out", lambda chain: [*chain[:2], *chain[3:]], "number_missing"),
    ("put one in", lambda chain: [*chain[:2], chain[1], *chain[2:]], "number_missing"),
    ("swap two", lambda chain: [chain[1], chain[0], *chain[2:]], "number_missing"),
    ("cut the end", lambda chain: chain[:-1], "deleted_after_signed_head"),
    ("cut everything", lambda chain: [], "deleted_after_signed_head"),
    ("renumber", lambda chain: [replace(chain[0], number=9), *chain[1:]], "number_missing"),
    ("break a link", lambda chain: [chain[0], replace(chain[1], previous=b"\0" * 32), *chain[2:]], "link_broken"),
    ("write the chain anew", lambda chain: _rewritten(chain, 1), "differs_from_signed_head"),
]


def test_an_untouched_chain_verifies() -> None:
    entries, heads = a_chain()
    number, head, findings = verify(START, entries, heads, PUBLIC)
    assert (number, head, findings) == (6, entries[-1].hash, [])


@pytest.mark.parametrize(("what", "attack", "code"), ATTACKS, ids=[row[0] for row in ATTACKS])
def test_an_attack_is_named(what: str, attack: Callable[[Chain], Chain], code: str) -> None:
    entries, heads = a_chain()
    assert code in codes(attack(entries), heads)


def test_a_forged_head_is_named() -> None:
    entries, heads = a_chain()
    stranger = Ed25519PrivateKey.generate().private_bytes_raw()
    assert "signature_invalid" in codes(entries, [heads[0], sign(stranger, 6, entries[-1].hash, NOON)])


def test_a_head_noted_on_paper_shows_a_deletion_that_took_the_signed_heads_along() -> None:
    entries, _ = a_chain()
    noted = f"6:{entries[-1].hash.hex()}"
    assert codes(entries, [], noted) == set()
    assert codes(entries[:5], [], noted) == {"deleted_after_signed_head"}


def test_a_chain_of_another_installation_does_not_pass() -> None:
    entries, heads = a_chain()
    assert verify(genesis("test-ffffffff"), entries, heads, PUBLIC)[2]


def restored(entries: Chain, at: int, later: int | None, **over: object) -> Chain:
    """The chain as a restore continues it: cut after `at`, then an epoch that names the head `later` of the old one."""
    data = {
        "epoch": 2, "continues_number": at, "continues_head": entries[at - 1].hash.hex(),
        "later_number": later, "later_head": entries[later - 1].hash.hex() if later else None,
        "backed_up_at": NOON.isoformat(), "opened_by": "thach-an-07", **over,
    }  # fmt: skip
    epoch = orjson.dumps({"type": "audit.epoch.opened", "data": data}).decode()
    contents = [entry.content for entry in entries[:at]] + [epoch, '{"n":"new"}', '{"n":"newer"}', '{"n":"newest"}']
    return list(chained(0, START, contents))


def noted(entry: Entry) -> str:
    return f"{entry.number}:{entry.hash.hex()}"


def test_a_restored_chain_is_one_chain() -> None:
    entries, _ = a_chain()
    assert codes(restored(entries, 3, 6), []) == set()
    assert epoch_of(restored(entries, 3, 6)[3]) is not None


@pytest.mark.parametrize(
    ("later", "head", "code"),
    [
        (6, 3, set()),
        (6, 5, {"lost_in_restore"}),
        (6, 6, {"lost_in_restore"}),
        (5, 6, {"differs_from_signed_head"}),
        (None, 6, {"differs_from_signed_head"}),
    ],
)
def test_a_head_of_the_lost_stretch_is_told_apart_only_below_a_head_that_the_restore_names(
    later: int | None, head: int, code: set[str]
) -> None:
    entries, _ = a_chain()
    assert codes(restored(entries, 3, later), [], noted(entries[head - 1])) == code


def test_a_head_that_differs_from_the_named_one_is_no_lost_head() -> None:
    entries, _ = a_chain()
    assert codes(restored(entries, 3, 6), [], f"6:{'0' * 64}") == {"differs_from_signed_head"}


@pytest.mark.parametrize("wrong", [{"epoch": 3}, {"continues_number": 2}, {"continues_head": "0" * 64}])
def test_an_epoch_that_does_not_continue_what_it_says_is_named(wrong: dict[str, object]) -> None:
    entries, _ = a_chain()
    assert codes(restored(entries, 3, 6, **wrong), []) == {"epoch_contradicts"}


@given(st.integers(1, 30), st.data())
def test_changing_any_entry_is_found(length: int, data: st.DataObject) -> None:
    entries, heads = a_chain(max(length, 4))
    place = data.draw(st.integers(0, len(entries) - 1))
    entries[place] = replace(entries[place], content=entries[place].content + " ")
    assert codes(entries, heads)


@pytest.mark.parametrize(
    ("number", "signed", "ago", "due"),
    [
        (0, 0, None, False),
        (1, 0, None, True),
        (5, 1, timedelta(minutes=59), False),
        (5, 1, timedelta(hours=1), True),
        (5, 5, timedelta(days=1), False),
        (1001, 1, timedelta(0), True),
    ],
)
def test_a_head_is_signed_at_once_then_hourly_and_every_thousand_entries(
    number: int, signed: int, ago: timedelta | None, due: bool
) -> None:
    assert is_due(number, signed, NOON - ago if ago is not None else None, NOON) is due
