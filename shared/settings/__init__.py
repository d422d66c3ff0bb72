"""Settings: the same names in the embedded run, in containers and in tests. Built once per process, passed down."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.contracts.subjects import REPLICAS


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
    secrets_dir: Path
    """Folder with this service's own secrets and the house's public keys."""
    replica: Annotated[int, Field(ge=0, lt=REPLICAS)] = 0
    law_profile: str | None = None
    """Law profile; production needs one. Without it the profile in force at the date of the event."""
    directory: str = "thach_an"
    log_level: str = "info"
    otel_exporter_otlp_endpoint: str | None = None
    otel_sample_ratio: Annotated[float, Field(ge=0, le=1)] = 1.0
    crash_at: str = ""
    """Test realm only: a named crash point, `point:count`."""

    @model_validator(mode="after")
    def _production_is_explicit(self) -> Self:
        if self.realm is Realm.PRODUCTION and not self.law_profile:
            raise ValueError("production needs an explicit LAW_PROFILE")
        if self.crash_at and self.realm is not Realm.TEST:
            raise ValueError("CRASH_AT exists only in a test realm")
        return self
