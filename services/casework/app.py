"""Composition root of casework."""

from faststream import FastStream

from services.casework.handlers import applying, routes
from shared.directory import load as load_directory
from shared.messaging.host.opening import open_host
from shared.settings import ServiceSettings

Settings = ServiceSettings


async def build(settings: ServiceSettings) -> FastStream:
    """Open the connections and join the parts."""
    host = await open_host("casework", settings)
    return host.app(apply=applying(), router=routes(load_directory(settings.directory)))
