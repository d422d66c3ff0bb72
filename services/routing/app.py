"""Composition root of routing."""

from faststream import FastStream

from services.routing.handlers import applying, routes
from shared.directory import load as load_directory
from shared.messaging.host.opening import open_host
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of routing."""

    clearing_desks: str = ""
    """Authorities, with commas between them, whose own desk answers whether a letter that names their body or its
    leaders denounces somebody, where neither tick nor reading says so. Everywhere else the direct superior's does."""

    @property
    def desks(self) -> frozenset[str]:
        """Ids of those authorities."""
        return frozenset(filter(None, (each.strip() for each in self.clearing_desks.split(","))))


async def build(settings: Settings) -> FastStream:
    """Open the connections and join the parts."""
    host = await open_host("routing", settings)
    directory = load_directory(settings.directory)
    return host.app(apply=applying(directory, settings.desks), router=routes(directory))
