"""A sealed field opens for its addressee only, whole, and never to more bytes than allowed."""

import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PublicKey, SealedBox

from shared.contracts.base import Sealed
from shared.messaging.commands.sealed import Opened, content_of
from shared.security.encoding import from_text, to_text
from shared.security.sealing import SealBroken, SealKeypair, open_sealed, seal

MINE, THEIRS = SealKeypair.generate(), SealKeypair.generate()


def boxed(content: bytes) -> str:
    return to_text(SealedBox(PublicKey(MINE.public)).encrypt(content))


@given(st.binary(max_size=5000))
def test_the_addressee_reads_what_was_sealed(plaintext: bytes) -> None:
    assert open_sealed(MINE.private, seal(MINE.public, plaintext)) == plaintext


def test_sealing_twice_gives_different_texts() -> None:
    assert seal(MINE.public, b"same") != seal(MINE.public, b"same")


def test_a_field_of_a_command_is_opened_once() -> None:
    opened: Opened = {}
    field: Sealed[Any] = Sealed(seal(MINE.public, b"secret"))
    with pytest.raises(SealBroken):
        content_of(field, THEIRS.private, opened)
    assert content_of(field, MINE.private, opened) == b"secret"
    assert content_of(Sealed(field.ciphertext), THEIRS.private, opened) == b"secret"


def test_nobody_else_reads_it() -> None:
    with pytest.raises(SealBroken):
        open_sealed(THEIRS.private, seal(MINE.public, b"secret"))


@given(st.data())
def test_a_changed_byte_breaks_the_seal(data: st.DataObject) -> None:
    raw = bytearray(from_text(seal(MINE.public, b"secret")))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        open_sealed(MINE.private, to_text(bytes(raw)))


BROKEN = {
    "nothing": "",
    "no base64": "***",
    "too short": "AAAA",
    "another alphabet": "a+b/",
    "not compressed": boxed(b"plain"),
    "cut off": boxed(zlib.compress(b"x" * 100)[:-4]),
    "something behind": boxed(zlib.compress(b"x") + b"more"),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_anything_else_is_broken_and_says_only_its_code(text: str) -> None:
    with pytest.raises(SealBroken) as broken:
        open_sealed(MINE.private, text)
    assert str(broken.value) == broken.value.code == "seal_broken"
    assert broken.value.__cause__ is None


def test_a_bomb_does_not_unfold() -> None:
    bomb = boxed(zlib.compress(bytes(64 * 1024 * 1024), 9))
    with pytest.raises(SealBroken):
        open_sealed(MINE.private, bomb)


@pytest.mark.parametrize(("limit", "opens"), [(100, True), (99, False)])
def test_the_limit_is_exact(limit: int, opens: bool) -> None:
    text = seal(MINE.public, b"x" * 100)
    if opens:
        assert open_sealed(MINE.private, text, limit) == b"x" * 100
    else:
        with pytest.raises(SealBroken):
            open_sealed(MINE.private, text, limit)


def test_the_private_half_does_not_show() -> None:
    assert repr(MINE.private) not in repr(MINE)
    assert SealKeypair.of(MINE.private) == MINE
