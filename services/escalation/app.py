"""Composition root of escalation."""

from faststream import FastStream

from services.escalation.handlers import applying, measure, routes
from services.escalation.ticker import Ticker
from shared.directory import load as load_directory
from shared.messaging.host.opening import open_host
from shared.settings import ServiceSettings

Settings = ServiceSettings


async def build(settings: ServiceSettings) -> FastStream:
    """Open the connections and join the parts."""
    host = await open_host("escalation", settings)
    directory = load_directory(settings.directory)
    ticker = Ticker(host, directory)
    return host.app(
        apply=applying(directory, ticker.expect),
        router=routes(),
        background=[ticker.run],
        on_clock=ticker.on_clock,
        ticker_idle=ticker.idle,
        measure=measure,
    )
