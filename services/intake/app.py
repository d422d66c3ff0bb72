"""Composition root of intake."""

from faststream import FastStream
from pydantic import SecretStr

from services.intake.access import Access
from services.intake.handlers import applying, routes
from services.intake.reading.lexicon import load_lexicon
from services.intake.registration.boxes import Boxes
from services.intake.registration.corrections import Corrections
from services.intake.registration.desk import Registration
from services.intake.registration.keeping import Keeper
from services.intake.registration.separation import Separation
from services.intake.registration.slips import Slips
from services.intake.vault.capsules import Vault
from services.intake.vault.keystore import KeyStore, keystore_url
from shared.directory import load as load_directory
from shared.messaging.host.opening import open_host
from shared.postgres.pool import create_pool, service_dsn
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of intake."""

    keystore_url: SecretStr | None = None
    """Database of the wrapped data keys; by default beside the main one."""


async def build(settings: Settings) -> FastStream:
    """Open the connections and join the parts."""
    host = await open_host("intake", settings)
    place = settings.keystore_url or SecretStr(keystore_url(settings.database_url.get_secret_value()))
    keys_dsn = service_dsn(place.get_secret_value(), "intake", host.secrets.database_password)
    keys = await create_pool(keys_dsn, application="intake-keys", least=0)
    vault = Vault(KeyStore(keys), host.secrets.kek_ring, host.emitter.realm)
    directory = load_directory(settings.directory)
    portal_key = host.secrets.public.sealing["portal"]
    private_key, code_key = host.secrets.sealed_private, host.secrets.code_key
    keeper = Keeper(vault, load_lexicon(), code_key, portal_key)
    router = routes(
        Registration(directory, keeper, private_key),
        Separation(directory, keeper, private_key),
        Corrections(directory, vault, private_key),
        Boxes(directory),
        Slips(directory, code_key, portal_key),
        Access(host.pool, vault, private_key, code_key, portal_key),
    )
    return host.app(apply=applying(directory), router=router, closing=[keys.close])
