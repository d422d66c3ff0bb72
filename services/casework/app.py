"""Composition root of casework."""

from faststream import FastStream

from services.casework.handlers import applying, routes
from shared.directory import load as load_directory
from shared.messaging.host.opening import open_house
from shared.settings import ServiceSettings

Settings = ServiceSettings


async def build(settings: ServiceSettings) -> FastStream:
    """Open the connections and join the parts."""
    house = await open_house("casework", settings)
    return house.app(apply=applying(), router=routes(load_directory(settings.directory)))
