"""`donthu reconcile`: PostgreSQL is the record; what the stream lacks is published again, in its old order.

Run it with the services stopped, after the stream was lost or cut. Every outbox keeps all events with the sequence they
had; positions are moved to where the same events stand now.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import nats
import nats.errors
import orjson
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from deploy.migrate import connect_steward
from shared.contracts.house import SERVICES
from shared.contracts.subjects import STREAM, inbox_prefix
from shared.security.secrets import STEWARD, ServiceSecrets

_READER = "steward-reconcile"
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was done."""

    in_stream: int
    published_again: int


async def reconcile(*, database_url: str, nats_url: str, secrets_dir: Path) -> Reconciled:
    """Make the stream hold every event that any outbox says it once held."""
    admin = await asyncpg.connect(database_url)
    steward = await connect_steward(nats_url, secrets_dir)
    try:
        present = await _present(steward)
        sent = await _sent(admin)
        places = await _publish_missing(nats_url, secrets_dir, sent, present)
        await _move(admin, sent, places)
        return Reconciled(len(present), sum(1 for row in sent if str(row["event_id"]) not in present))
    finally:
        await steward.close()
        await admin.close()


async def _present(steward: Client) -> dict[str, int]:
    """Event ids in the stream with their sequence; the first counts."""
    js = steward.jetstream()
    config = ConsumerConfig(
        name=_READER, ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.ALL, mem_storage=True, headers_only=True
    )
    with contextlib.suppress(NotFoundError):
        await js.delete_consumer(STREAM, _READER)
    await js.add_consumer(STREAM, config)
    subscription = await js.pull_subscribe_bind(
        _READER, stream=STREAM, inbox_prefix=f"{inbox_prefix(STEWARD)}.".encode()
    )
    present: dict[str, int] = {}
    last = (await js.stream_info(STREAM)).state.last_seq
    sequence = 0
    while sequence < last:
        for message in await subscription.fetch(_PAGE, timeout=10):
            sequence = message.metadata.sequence.stream
            present.setdefault((message.headers or {}).get("Nats-Msg-Id", ""), sequence)
    await js.delete_consumer(STREAM, _READER)
    return present


async def _sent(admin: asyncpg.Connection) -> list[asyncpg.Record]:
    union = " union all ".join(
        f"select '{service}' as service, event_id, subject, headers, body, stream_sequence from {service}.outbox "  # noqa: S608
        "where stream_sequence is not null"
        for service in SERVICES
    )
    return list(await admin.fetch(f"{union} order by stream_sequence"))


async def _publish_missing(
    nats_url: str, secrets_dir: Path, sent: Sequence[asyncpg.Record], present: dict[str, int]
) -> list[int]:
    connections: dict[str, Client] = {}
    places = []
    try:
        for row in sent:
            if (place := present.get(str(row["event_id"]))) is None:
                service = row["service"]
                if service not in connections:
                    seed = ServiceSecrets.load(secrets_dir, service).nats_seed
                    connections[service] = await nats.connect(
                        nats_url, nkeys_seed_str=seed, inbox_prefix=inbox_prefix(service)
                    )
                js = connections[service].jetstream()
                ack = await js.publish(row["subject"], row["body"].encode(), headers=orjson.loads(row["headers"]))
                place = ack.seq
            places.append(place)
    finally:
        for connection in connections.values():
            await connection.close()
    return places


async def _move(admin: asyncpg.Connection, sent: Sequence[asyncpg.Record], places: Sequence[int]) -> None:
    old = [row["stream_sequence"] for row in sent]
    async with admin.transaction():
        for service in SERVICES:
            await admin.execute(
                f"""update {service}.outbox set stream_sequence = moved.place
                    from unnest($1::uuid[], $2::bigint[]) as moved (event_id, place)
                    where outbox.event_id = moved.event_id""",  # noqa: S608
                [row["event_id"] for row in sent],
                list(places),
            )
            await admin.execute(
                f"""update {service}.position set sequence = coalesce(
                        (select max(place) from unnest($1::bigint[], $2::bigint[]) as moved (old, place)
                         where old <= position.sequence), 0)""",  # noqa: S608
                old,
                list(places),
            )
