"""Settings of portal."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode

from services.portal.source import Network, networks
from shared.settings import Realm, ServiceSettings


class Settings(ServiceSettings):
    """What the door needs beside the common settings."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: str = ""
    """Address people type; `https` makes cookies secure. Empty: whatever host the browser names."""
    demo_accounts: bool = False
    """One account per officer of the directory, all with the printed demo password."""
    mail_store: Path | None = None
    """Folder of the local mail sink, shown on the demo console."""
    session_hours: Annotated[int, Field(ge=1, le=24)] = 8
    """Hours of machine time after which a session ends, however busy it is."""

    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = ()
    """Addresses and networks of our own proxies, whose X-Forwarded-For is believed. Empty: nobody's is."""

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, given: object) -> object:
        return networks(given) if isinstance(given, str) else given

    @property
    def secure(self) -> bool:
        """Whether people reach the door over TLS."""
        return self.public_url.startswith("https://")

    @property
    def demo(self) -> bool:
        """Whether the demo console exists."""
        return self.realm is not Realm.PRODUCTION

    @model_validator(mode="after")
    def _no_demo_in_production(self) -> Self:
        if self.realm is Realm.PRODUCTION and (self.demo_accounts or self.mail_store):
            raise ValueError("DEMO_ACCOUNTS and MAIL_STORE do not exist in production")
        return self
