"""Composition root of audit."""

from faststream import FastStream

from services.audit.handlers import applying, measure, routes
from services.audit.signer import Signer
from shared.messaging.host.opening import open_house
from shared.settings import ServiceSettings

Settings = ServiceSettings


async def build(settings: ServiceSettings) -> FastStream:
    """Open the connections and join the parts."""
    house = await open_house("audit", settings)
    return house.app(
        apply=applying(house.emitter.realm), router=routes(), background=[Signer(house).run], measure=measure
    )
