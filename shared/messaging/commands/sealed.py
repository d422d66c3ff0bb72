"""Fields encrypted to the receiving service, so that nobody between portal and vault can read them."""

from typing import Any, TypeVar

from pydantic import BaseModel

from shared.contracts.base import SEALED_LIMIT, Sealed
from shared.security.sealing import open_sealed, seal

T = TypeVar("T", bound=BaseModel)

Opened = dict[Sealed[Any], bytes]
"""Contents of the sealed fields of one command, so that each is opened once; it goes with the command."""


class SealedTooLarge(ValueError):
    """The content does not fit one message even when compressed."""

    code = "too_large"


def seal_model(value: T, public_key: bytes) -> Sealed[T]:
    """Seal a model to a service.

    Raises:
        SealedTooLarge: the sealed text would not fit a NATS message.
    """
    ciphertext = seal(public_key, value.model_dump_json().encode())
    if len(ciphertext) > SEALED_LIMIT:
        raise SealedTooLarge
    return Sealed(ciphertext)


def open_model(sealed: Sealed[T], private_key: bytes, model: type[T], opened: Opened | None = None) -> T:
    """Open a field sealed to us, or take it from what is `opened`.

    Raises:
        SealBroken: not sealed to this key, or damaged.
        ValidationError: opened, but not of this shape.
    """
    return model.model_validate_json(content_of(sealed, private_key, {} if opened is None else opened))


def content_of(sealed: Sealed[Any], private_key: bytes, opened: Opened) -> bytes:
    """The content of a field sealed to us, opened unless it is `opened` already, where it is left.

    Raises:
        SealBroken: not sealed to this key, or damaged.
    """
    if sealed not in opened:
        opened[sealed] = open_sealed(private_key, sealed.ciphertext)
    return opened[sealed]
