"""The streams of the topology: made when missing; what may safely grow later is raised, never lowered."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from nats.js import JetStreamManager
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from shared.contracts.bus.topology import STREAMS, StreamTopology
from shared.messaging.host.realm import REALM_KEY, ForeignRealm


@dataclass(frozen=True, slots=True)
class StreamSize:
    """What the operator asks for; None: whatever the stream has, for a new one the default."""

    max_bytes: int | None = None
    """Bound of the stream; for a new one by default 70 % of the space free on this machine."""
    replicas: int | None = None
    """Servers that keep a copy: 1 (default), 3 or 5; more than one needs a cluster."""


async def bring_streams(manager: JetStreamManager, tag: str, size: StreamSize) -> list[str]:
    """Make or grow every stream; return a line for each thing done, or asked for and not done.

    Raises:
        ForeignRealm: a stream belongs to another installation.
    """
    done: list[str] = []
    for topology in STREAMS:
        try:
            found = (await manager.stream_info(topology.name)).config
        except NotFoundError:
            made = (await manager.add_stream(_new(topology, tag, size))).config
            done.append(f"{topology.name} created num_replicas={made.num_replicas} max_bytes={made.max_bytes}")
            continue
        if (found.metadata or {}).get(REALM_KEY) != tag:
            raise ForeignRealm
        done.extend(await _grow(manager, found, size))
    return done


def _new(topology: StreamTopology, tag: str, size: StreamSize) -> StreamConfig:
    free = int(shutil.disk_usage("/").free * topology.free_space_share)
    return StreamConfig(
        name=topology.name,
        subjects=list(topology.subjects),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_bytes=size.max_bytes or min(free, topology.greatest_bytes),
        num_replicas=size.replicas or topology.replicas,
        duplicate_window=topology.duplicate_window_seconds,
        deny_delete=True,
        deny_purge=True,
        metadata={REALM_KEY: tag},
    )


async def _grow(manager: JetStreamManager, found: StreamConfig, size: StreamSize) -> list[str]:
    asked = {"max_bytes": size.max_bytes, "num_replicas": size.replicas}
    greater = {name: value for name, value in asked.items() if value and value > getattr(found, name)}
    if greater:
        await manager.update_stream(found.evolve(**greater))
    return [*_told(found, asked, greater)]


def _told(found: StreamConfig, asked: dict[str, int | None], greater: dict[str, int]) -> Iterator[str]:
    for name, value in asked.items():
        has = getattr(found, name)
        if name in greater:
            yield f"{found.name} {name} raised from {has} to {value}"
        elif value and value < has:
            yield f"{found.name} {name} kept at {has}: never lowered to {value}"
