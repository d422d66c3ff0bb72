"""The vault's envelope opens with its key, in its place, and its size tells little."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.envelope import (
    EnvelopeBroken,
    Kek,
    KekRing,
    capsule_binding,
    decrypt,
    encrypt,
    new_data_key,
    size_class,
    wrapping_kek,
)

KEY = new_data_key()
OLD, NEW = Kek("kek-1", new_data_key()), Kek("kek-2", new_data_key())
PETITION, OTHER = UUID(int=1), UUID(int=2)
PLACE = capsule_binding("demo", PETITION, "identity")


@given(st.binary(max_size=20_000))
def test_what_went_in_comes_out(plaintext: bytes) -> None:
    assert decrypt(KEY, encrypt(KEY, plaintext, PLACE), PLACE) == plaintext


@pytest.mark.parametrize(
    "elsewhere",
    [
        capsule_binding("test", PETITION, "identity"),
        capsule_binding("demo", OTHER, "identity"),
        capsule_binding("demo", PETITION, "contact"),
        b"",
    ],
)
def test_a_capsule_does_not_open_in_another_place(elsewhere: bytes) -> None:
    with pytest.raises(EnvelopeBroken):
        decrypt(KEY, encrypt(KEY, b"secret", PLACE), elsewhere)


@given(realms=st.tuples(st.text(), st.text()), capsules=st.tuples(st.text(), st.text()))
def test_two_places_never_share_a_binding(realms: tuple[str, str], capsules: tuple[str, str]) -> None:
    first, second = (capsule_binding(r, PETITION, c) for r, c in zip(realms, capsules, strict=True))
    assert (first == second) == (realms[0] == realms[1] and capsules[0] == capsules[1])


@given(st.data())
def test_a_changed_byte_breaks_it(data: st.DataObject) -> None:
    sealed = bytearray(encrypt(KEY, b"secret", PLACE))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(EnvelopeBroken) as broken:
        decrypt(KEY, bytes(sealed), PLACE)
    assert str(broken.value) == "envelope_broken"


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(28)])
def test_what_is_too_short_is_broken(sealed: bytes) -> None:
    with pytest.raises(EnvelopeBroken):
        decrypt(KEY, sealed, PLACE)


@pytest.mark.parametrize(("length", "size"), [
    (0, 1024), (1, 1024), (1016, 1024), (1017, 4096), (4088, 4096), (4089, 16384), (16376, 16384),
    (16377, 32768), (32760, 32768), (32761, 65536), (200_000, 262_144),
])  # fmt: skip
def test_stored_sizes_come_in_classes(length: int, size: int) -> None:
    assert len(encrypt(KEY, b"x" * length, PLACE)) == size + 12 + 16


@given(st.integers(1, 10**8))
def test_a_class_is_never_too_small(size: int) -> None:
    assert size <= size_class(size) == size_class(size_class(size))


def test_a_wrapped_key_comes_back_and_names_its_kek() -> None:
    wrapped = KekRing(OLD).wrap(KEY, PLACE)
    assert wrapping_kek(wrapped) == "kek-1"
    assert KEY not in wrapped
    assert KekRing(OLD).unwrap(wrapped, PLACE) == KEY


def test_rotation_reads_the_old_and_writes_the_new() -> None:
    ring, wrapped = KekRing(NEW, (OLD,)), KekRing(OLD).wrap(KEY, PLACE)
    rewrapped = ring.wrap(ring.unwrap(wrapped, PLACE), PLACE)
    assert wrapping_kek(rewrapped) == "kek-2"
    assert KekRing(NEW).unwrap(rewrapped, PLACE) == KEY


@pytest.mark.parametrize("ring", [
    KekRing(NEW), KekRing(Kek("kek-1", new_data_key())),
], ids=["gone from the ring", "another key of the same name"])  # fmt: skip
def test_without_its_kek_a_data_key_is_lost(ring: KekRing) -> None:
    with pytest.raises(EnvelopeBroken):
        ring.unwrap(KekRing(OLD).wrap(KEY, PLACE), PLACE)


def test_a_wrapped_key_does_not_open_for_another_petition() -> None:
    with pytest.raises(EnvelopeBroken):
        KekRing(OLD).unwrap(KekRing(OLD).wrap(KEY, PLACE), capsule_binding("demo", OTHER, "identity"))


@given(st.binary(max_size=100))
def test_no_bytes_confuse_the_ring(wrapped: bytes) -> None:
    with pytest.raises(EnvelopeBroken):
        KekRing(NEW, (OLD,)).unwrap(wrapped, PLACE)


@pytest.mark.parametrize(("kek_id", "key"), [
    ("", bytes(32)), ("é", bytes(32)), ("k" * 65, bytes(32)), ("k", bytes(16)),
])  # fmt: skip
def test_a_kek_that_could_not_be_found_again_is_not_made(kek_id: str, key: bytes) -> None:
    with pytest.raises(ValueError, match="kek_malformed"):
        Kek(kek_id, key)


def test_keys_do_not_show() -> None:
    assert repr(OLD.key) not in repr(KekRing(NEW, (OLD,)))
