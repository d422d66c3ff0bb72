"""Events into the stream as their services would publish them, and what a service decided, read from its outbox."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from nats.js.api import PubAck

from shared.contracts.base import Event
from shared.contracts.bus.envelope import Envelope, headers_of, parse_headers, subject_of
from shared.contracts.bus.subjects import STREAM
from shared.contracts.registry import parse_event
from tests.world import RUN_SERVICE, World


async def publish(world: World, *envelopes: Envelope) -> list[PubAck]:
    """Publish events in order, each as its own service."""
    acks = []
    for service in dict.fromkeys(envelope.service for envelope in envelopes):
        async with world.bus(service) as connection:
            stream = connection.jetstream(timeout=5)
            for each in envelopes:
                if each.service == service:
                    body = each.event.model_dump_json().encode()
                    acks.append(await stream.publish(subject_of(each), body, headers=headers_of(each), stream=STREAM))
    return acks


@dataclass(frozen=True)
class Decided:
    """Events in the order in which a service decided them."""

    envelopes: Sequence[Envelope]

    def of(self, *types: type[Event]) -> list[Envelope]:
        return [each for each in self.envelopes if isinstance(each.event, types)]

    def versions(self) -> dict[UUID, list[int]]:
        found: dict[UUID, list[int]] = {}
        for each in self.envelopes:
            found.setdefault(each.aggregate_id, []).append(each.version)
        return found


async def decided(world: World, service: str) -> Decided:
    """What `service` has committed to its outbox."""
    async with world.database(service) as connection:
        rows = await connection.fetch("select headers, body from outbox order by number")
    envelopes = []
    for row in rows:
        headers = parse_headers(orjson.loads(row["headers"]))
        event = parse_event(headers.type, headers.schema_version, row["body"].encode())
        envelopes.append(headers.envelope(event, partition=0, sequence=0))
    return Decided(envelopes)


async def run_until_killed(world: World, service: str, **environment: str) -> int:
    """Run a service as a process with an armed crash point until it is gone; return its exit status."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN_SERVICE, service,
        env=world.environment(**environment), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return await asyncio.wait_for(process.wait(), 30)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
