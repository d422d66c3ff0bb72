"""Law counters and gauges of all services, asked on the bus."""

import asyncio
from dataclasses import dataclass, field
from uuid import uuid4

import nats.errors
import orjson
from nats.aio.client import Client

from shared.contracts.base import Counters
from shared.contracts.house import SERVICES
from shared.messaging.commands.router import KEY_HEADER


@dataclass(frozen=True, slots=True)
class HouseCounters:
    """What the services answered; `silent` are those that did not."""

    counters: dict[str, int] = field(default_factory=dict)
    gauges: dict[str, int] = field(default_factory=dict)
    silent: tuple[str, ...] = ()


async def ask_all(bus: Client, *, seconds: float = 3.0) -> HouseCounters:
    """Ask every service at once."""
    answers = await asyncio.gather(*(_ask(bus, service, seconds) for service in SERVICES))
    found = {service: answer for service, answer in zip(SERVICES, answers, strict=True) if answer}
    return HouseCounters(
        counters={
            f"{service}.{name}": value for service, each in found.items() for name, value in each.counters.items()
        },
        gauges={name: value for each in found.values() for name, value in each.gauges.items()},
        silent=tuple(service for service in SERVICES if service not in found),
    )


async def _ask(bus: Client, service: str, seconds: float) -> Counters | None:
    try:
        message = await bus.request(f"q.{service}.counters", b"{}", timeout=seconds, headers={KEY_HEADER: str(uuid4())})
        return Counters.model_validate(orjson.loads(message.data)["ok"])
    except (nats.errors.Error, KeyError, ValueError):
        return None
