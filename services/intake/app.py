"""Composition root of intake."""

from faststream import FastStream
from pydantic import SecretStr

from services.intake.access import Access
from services.intake.handlers import applying, routes
from services.intake.reading.lexicon import load_lexicon
from services.intake.registration import Registration
from services.intake.vault.capsules import Vault
from services.intake.vault.keystore import KeyStore, keystore_url
from shared.directory import load as load_directory
from shared.messaging.runtime import open_house
from shared.postgres.pool import create_pool, service_dsn
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of intake."""

    keystore_url: SecretStr | None = None
    """Database of the wrapped data keys; by default beside the main one."""


async def build(settings: Settings) -> FastStream:
    """Open the connections and join the parts."""
    house = await open_house("intake", settings)
    place = settings.keystore_url or SecretStr(keystore_url(settings.database_url.get_secret_value()))
    keys_dsn = service_dsn(place.get_secret_value(), "intake", house.secrets.database_password)
    keys = await create_pool(keys_dsn, application="intake-keys")
    vault = Vault(KeyStore(keys), house.secrets.kek_ring, house.emitter.realm)
    directory = load_directory(settings.directory)
    portal_key = house.secrets.public.sealing["portal"]
    registration = Registration(
        directory, vault, load_lexicon(), house.secrets.sealed_private, house.secrets.code_key, portal_key
    )
    tries = await create_pool(house.dsn, application="intake-tries", most=2)
    access = Access(tries, vault, house.secrets.sealed_private, house.secrets.code_key, portal_key)
    return house.app(apply=applying(directory), router=routes(registration, access), closing=[keys.close, tries.close])
