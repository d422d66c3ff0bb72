"""The bare cost of a letter on the same two servers: six events through the stream, six rows by COPY, nothing else.

Per letter: six events of 600 bytes with ten headers, published once in windows and acknowledged by a file stream
that syncs always, fetched once and acknowledged; six rows in three tables, one commit per 200 letters. One process.
"""

import asyncio
import time
import uuid
from datetime import UTC, datetime

import asyncpg
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StreamConfig

EVENTS, BODY, WINDOW, LETTERS_A_COMMIT = 6, b"x" * 600, 500, 200
STREAM, SUBJECT = "FLOOR", "floor.event"
_HEADERS = {
    f"ce-{name}": "0" * 32 for name in ("id", "source", "type", "time", "subject", "dataschema", "cause", "case")
}
_HEADERS |= {"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01", "tracestate": "x=y"}
_TABLES = """
create schema floor;
create table floor.petition (id uuid primary key, body text, kind text, officer text);
create table floor.clock (id uuid primary key, petition uuid, due timestamptz);
create index on floor.clock (due);
create table floor.notice (id uuid primary key, petition uuid, text text);
"""


async def measure(database_url: str, bus: Client, letters: int) -> float:
    """Letters per second. The servers must be idle otherwise; `bus` may do everything."""
    admin = await asyncpg.connect(database_url)
    stream = bus.jetstream(timeout=30, publish_async_max_pending=4000)
    try:
        await admin.execute(_TABLES)
        await stream.add_stream(StreamConfig(name=STREAM, subjects=["floor.>"]))
        start = time.perf_counter()
        await asyncio.gather(_rows(admin, letters), _publish(stream, letters), _read(stream, letters))
        return letters / (time.perf_counter() - start)
    finally:
        await stream.delete_stream(STREAM)
        await admin.execute("drop schema floor cascade")
        await admin.close()


async def _rows(admin: asyncpg.Connection, letters: int) -> None:
    now = datetime.now(UTC)
    for start in range(0, letters, LETTERS_A_COMMIT):
        ids = [uuid.uuid4() for _ in range(min(LETTERS_A_COMMIT, letters - start))]
        petitions = [(each, "x" * 400, "complaint", "officer") for each in ids]
        clocks = [(uuid.uuid4(), each, now) for each in ids for _ in range(3)]
        notices = [(uuid.uuid4(), each, "assigned") for each in ids for _ in range(2)]
        async with admin.transaction():
            for table, records in (("petition", petitions), ("clock", clocks), ("notice", notices)):
                await admin.copy_records_to_table(table, schema_name="floor", records=records)


async def _publish(stream: JetStreamContext, letters: int) -> None:
    for number in range(letters * EVENTS):
        await stream.publish_async(SUBJECT, BODY, headers={**_HEADERS, "Nats-Msg-Id": str(number)}, wait_stall=30)
        if number % WINDOW == WINDOW - 1:
            await stream.publish_async_completed()
    await stream.publish_async_completed()


async def _read(stream: JetStreamContext, letters: int) -> None:
    subscription = await stream.pull_subscribe(SUBJECT, durable="floor", stream=STREAM)
    seen = 0
    while seen < letters * EVENTS:
        batch = await subscription.fetch(200, timeout=30)
        for message in batch:
            await message.ack()
        seen += len(batch)
