"""Sealing a letter into its capsules and opening one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import orjson

from services.intake.vault.keystore import KeyStore
from shared.contracts.intake import Letter
from shared.security.envelope import KekRing, capsule_binding, decrypt, encrypt, new_data_key

IDENTITY, CONTACT, WORKING_TEXT = "identity", "contact", "working_text"


class CapsuleErased(Exception):
    """The capsule's key was erased; its content no longer exists."""

    code = "capsule_erased"


@dataclass(frozen=True, slots=True)
class Capsule:
    """One sealed part of a petition."""

    case_id: UUID
    capsule: str
    key_id: UUID
    ciphertext: bytes


def contents_of(letter: Letter, working_text: str) -> dict[str, bytes]:
    """What goes into the three capsules of a letter."""
    identity = {
        "name": letter.sender_name,
        "id_number": letter.sender_id_number,
        "address": letter.sender_address,
        "text": letter.text,
        "forwarding_number": letter.forwarding_number,
    }
    contact = {"phone": letter.phone, "email": letter.email, "address": letter.sender_address}
    return {
        IDENTITY: orjson.dumps(identity),
        CONTACT: orjson.dumps(contact),
        WORKING_TEXT: working_text.encode(),
    }


class Vault:
    """Seals and opens capsules. Keys are wrapped by a key-encryption key that never touches a database."""

    def __init__(self, keys: KeyStore, ring: KekRing, realm: str) -> None:
        self._keys = keys
        self._ring = ring
        self._realm = realm

    async def seal(self, contents: Mapping[UUID, Mapping[str, bytes]]) -> Sequence[Capsule]:
        """Seal the contents of petitions, each under a key of its own; the keys are stored before this returns."""
        keys: dict[UUID, bytes] = {}
        capsules = []
        for case_id, parts in contents.items():
            for name, content in parts.items():
                binding = capsule_binding(self._realm, case_id, name)
                key_id, key = uuid4(), new_data_key()
                keys[key_id] = self._ring.wrap(key, binding)
                capsules.append(Capsule(case_id, name, key_id, encrypt(key, content, binding)))
        await self._keys.keep(keys)
        return capsules

    async def open(self, capsule: Capsule) -> bytes:
        """Open one capsule.

        Raises:
            CapsuleErased: its key was erased.
            EnvelopeBroken: key or capsule do not belong to each other.
        """
        wrapped = (await self._keys.fetch([capsule.key_id])).get(capsule.key_id)
        if wrapped is None:
            raise CapsuleErased
        binding = capsule_binding(self._realm, capsule.case_id, capsule.capsule)
        return decrypt(self._ring.unwrap(wrapped, binding), capsule.ciphertext, binding)
