"""What `donthu migrate` does with a stream that exists: it grows, it keeps what it holds, it never shrinks."""

from operations.house.migrate import migrate
from operations.steward import connect_steward
from shared.contracts.bus.subjects import STREAM
from shared.settings import Realm
from tests.component.stream import publish
from tests.escalation_events import confirmed, told
from tests.world import STREAM_BYTES, World


async def migrated(world: World, **size: int) -> list[str]:
    """Lines that migrate tells."""
    lines: list[str] = []
    await migrate(
        database_url=world.database_url,
        nats_url=world.nats.url,
        secrets_dir=world.secrets,
        realm=Realm.TEST,
        tell=lines.append,
        **size,
    )
    return lines


async def test_a_stream_grows_keeps_its_events_and_never_shrinks(world: World) -> None:
    await publish(world, *(told(confirmed(), realm=world.tag) for _ in range(3)))
    assert await migrated(world) == []
    assert await migrated(world, stream_bytes=STREAM_BYTES, stream_replicas=1) == []
    raised = f"{STREAM} max_bytes raised from {STREAM_BYTES} to {2 * STREAM_BYTES}"
    assert await migrated(world, stream_bytes=2 * STREAM_BYTES) == [raised]
    kept = f"{STREAM} max_bytes kept at {2 * STREAM_BYTES}: never lowered to {STREAM_BYTES}"
    assert await migrated(world, stream_bytes=STREAM_BYTES) == [kept]
    steward = await connect_steward(world.nats.url, world.secrets)
    try:
        info = await steward.jsm().stream_info(STREAM)
    finally:
        await steward.close()
    assert (info.state.messages, info.config.max_bytes) == (3, 2 * STREAM_BYTES)
    assert info.config.deny_delete
    assert info.config.deny_purge
