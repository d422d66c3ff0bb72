"""Composition root of audit."""

from faststream import FastStream

from services.audit.handlers import applying, measure, routes
from services.audit.signer import Signer
from shared.messaging.host.opening import open_host
from shared.settings import ServiceSettings

Settings = ServiceSettings


async def build(settings: ServiceSettings) -> FastStream:
    """Open the connections and join the parts."""
    host = await open_host("audit", settings)
    return host.app(apply=applying(host.emitter.realm), router=routes(), background=[Signer(host).run], measure=measure)
