"""The stream of the house that is gone, when it can still be reached: read only, never used again."""

from collections.abc import AsyncIterator
from datetime import datetime

from nats.aio.client import Client

from operations.backup.happened import Happened, happened
from operations.errors import OperationError
from operations.stream.reading import pages, sequence_of
from shared.contracts.bus.envelope import parse_headers
from shared.contracts.bus.subjects import STREAM
from shared.messaging.host.realm import REALM_KEY

_READER = "steward-survivor"


async def stream_made_at(steward: Client, realm: str) -> datetime | None:
    """When this house's stream was made.

    Raises:
        OperationError: `foreign_realm`.
    """
    info = await steward.jetstream(timeout=10).stream_info(STREAM)
    if (info.config.metadata or {}).get(REALM_KEY) != realm:
        raise OperationError("foreign_realm")
    return info.created


async def happenings(steward: Client, *, after: int) -> AsyncIterator[Happened]:
    """What the stream holds after this sequence."""
    async for page in pages(steward, _READER, after=after):
        for message in page:
            yield happened(sequence_of(message), parse_headers(message.headers), message.data)
