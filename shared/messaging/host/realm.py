"""Whose stream is this? A foreign one, or one that was cut, is refused before anything is published."""

import asyncio

import asyncpg
from nats.js import JetStreamContext

from shared.contracts.bus.subjects import STREAM
from shared.messaging.connection import outages
from shared.messaging.connection.failures import growing, is_infrastructure
from shared.messaging.events.reader import refuse_behind

REALM_KEY = "realm"
"""Key of the realm's tag in the stream's metadata."""
FURTHEST = "select max(sequence) from position"


class ForeignRealm(Exception):
    """This database or stream belongs to another installation. Check DATABASE_URL, NATS_URL and REALM."""

    code = "foreign_realm"


async def recognise(stream: JetStreamContext, pool: asyncpg.Pool, realm: str) -> None:
    """Wait for stream and database (they may start after us).

    This comes before anything is published: what is added to a stream that was cut makes it look whole again.

    Raises:
        ForeignRealm: the stream is another installation's.
        StreamBehind: it was lost or cut.
    """
    attempt = 0
    while True:
        try:
            info = await stream.stream_info(STREAM)
            furthest: int = await pool.fetchval(FURTHEST)
        except Exception as error:
            if not is_infrastructure(error):
                raise
            attempt += 1
            outages.waiting("stream.waiting", error, attempt)
            await asyncio.sleep(growing(attempt))
            continue
        if (info.config.metadata or {}).get(REALM_KEY) != realm:
            raise ForeignRealm
        refuse_behind(info.state.last_seq, furthest)
        return
