"""Fields encrypted to the receiving service, so that nobody between portal and vault can read them."""

from typing import TypeVar

from pydantic import BaseModel

from shared.contracts.base import SEALED_LIMIT, Sealed
from shared.security.sealing import open_sealed, seal

T = TypeVar("T", bound=BaseModel)


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


def open_model(sealed: Sealed[T], private_key: bytes, model: type[T]) -> T:
    """Open a field sealed to us.

    Raises:
        SealBroken: not sealed to this key, or damaged.
        ValidationError: opened, but not of this shape.
    """
    return model.model_validate_json(open_sealed(private_key, sealed.ciphertext))
