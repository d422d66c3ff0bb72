"""Settings: the same names in the embedded run, in containers and in tests. Built once per process, passed down.

`<NAME>_FILE` names a file that holds the value, for what no process list should show.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared.contracts.bus.subjects import REPLICAS
from shared.settings.addresses import refuse_plaintext
from shared.settings.files import FileSource


class Realm(StrEnum):
    """What kind of installation this is; stamped at migrate and never changed."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class ServiceSettings(BaseSettings):
    """Settings that every service takes. Environment variables of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True)

    realm: Realm
    database_url: SecretStr
    """Host and database; user and password are the service's own."""
    nats_url: str
    """One server, or several with commas between them; `tls://` when it is not this machine."""
    secrets_dir: Path
    """This service's own secrets, the house's public keys, and `ca.pem` when NATS has an authority of ours."""
    replica: Annotated[int, Field(ge=0, lt=REPLICAS)] = 0
    law_profile: str | None = None
    """Law profile; production needs one. Without it the profile in force at the date of the event."""
    directory: str = "thach_an"
    log_level: str = "info"
    otel_exporter_otlp_endpoint: str | None = None
    otel_sample_ratio: Annotated[float, Field(ge=0, le=1)] = 1.0
    crash_at: str = ""
    """Test realm only: a named crash point, `point:count`."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the files it names."""
        return init_settings, env_settings, FileSource(settings_cls)

    @model_validator(mode="after")
    def _production_is_encrypted(self) -> Self:
        """Raises :class:`Plaintext`, which is no `ValueError`: it names the rule and repeats no address."""
        if self.realm is Realm.PRODUCTION:
            for name in type(self).model_fields:
                value = getattr(self, name)
                if name.endswith("_url") and value is not None:
                    refuse_plaintext(value.get_secret_value() if isinstance(value, SecretStr) else str(value))
        return self

    @model_validator(mode="after")
    def _production_is_explicit(self) -> Self:
        if self.realm is Realm.PRODUCTION and not self.law_profile:
            raise ValueError("production needs an explicit LAW_PROFILE")
        if self.crash_at and self.realm is not Realm.TEST:
            raise ValueError("CRASH_AT exists only in a test realm")
        return self
