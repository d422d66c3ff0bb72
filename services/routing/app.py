"""Composition root of routing."""

from faststream import FastStream

from services.routing.handlers import applying, routes
from shared.directory import load as load_directory
from shared.messaging.runtime import open_house
from shared.settings import ServiceSettings

Settings = ServiceSettings


async def build(settings: ServiceSettings) -> FastStream:
    """Open the connections and join the parts."""
    house = await open_house("routing", settings)
    directory = load_directory(settings.directory)
    return house.app(apply=applying(directory), router=routes(directory))
