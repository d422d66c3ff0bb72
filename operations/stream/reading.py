"""Reading the stream from outside the services: by the steward, in pages, to where it ends now."""

import contextlib
from collections.abc import AsyncGenerator

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from shared.contracts.bus.subjects import STREAM, inbox_prefix
from shared.security.secrets import STEWARD

PAGE = 500
PATIENCE_SECONDS = 10.0


async def pages(
    steward: Client, reader: str, *, after: int = 0, page: int = PAGE, headers_only: bool = False
) -> AsyncGenerator[list[Msg], None]:
    """The messages after this sequence, in order. `reader` names the consumer, which is gone afterwards."""
    js = steward.jetstream(timeout=PATIENCE_SECONDS)
    last = (await js.stream_info(STREAM)).state.last_seq
    if last <= after:
        return
    with contextlib.suppress(NotFoundError):
        await js.delete_consumer(STREAM, reader)
    await js.add_consumer(
        STREAM,
        ConsumerConfig(
            name=reader, ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=after + 1, mem_storage=True, headers_only=headers_only or None, inactive_threshold=300,
        ),
    )  # fmt: skip
    try:
        prefix = f"{inbox_prefix(STEWARD)}.".encode()
        subscription = await js.pull_subscribe_bind(reader, stream=STREAM, inbox_prefix=prefix)
        sequence = after
        while sequence < last:
            found = await subscription.fetch(page, timeout=PATIENCE_SECONDS)
            sequence = sequence_of(found[-1])
            yield [message for message in found if sequence_of(message) <= last]
        await subscription.unsubscribe()
    finally:
        with contextlib.suppress(NotFoundError):
            await js.delete_consumer(STREAM, reader)


def sequence_of(message: Msg) -> int:
    """Place in the stream."""
    return message.metadata.sequence.stream
