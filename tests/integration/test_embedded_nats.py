from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client

from operations.embedded.errors import LocalRunError
from operations.embedded.nats import EmbeddedNats, render_config
from operations.house.certificates import bring
from shared.messaging.connection.bus import bus_tls
from tests.integration.embedded import AUTHORIZATION, SOON, folder


@pytest.fixture
async def server() -> AsyncIterator[EmbeddedNats]:
    with folder() as root:
        server = EmbeddedNats(
            root / "data", authorization=AUTHORIZATION, log=root / "log", backoff=SOON, state_root=root / "state"
        )
        await server.start()
        yield server
        await server.stop()


async def _connect(url: str) -> Client:
    return await nats.connect(url, user="desk", password="desk", allow_reconnect=False)


@pytest.mark.chaos
async def test_messages_survive_a_crash_and_a_stop_and_the_port_stays_while_it_crashes(server: EmbeddedNats) -> None:
    url = server.url
    client = await _connect(url)
    await client.jetstream().add_stream(name="KEPT", subjects=["kept.>"])
    await client.jetstream().publish("kept.one", b"1")
    await client.close()
    await server.kill()
    await server.running()
    assert server.url == url
    assert server.status().restarts == 1
    await server.stop()
    assert server.status().state == "stopped"
    await server.start()
    client = await _connect(server.url)
    message = await client.jetstream().get_msg("KEPT", 1)
    await client.close()
    assert message.data == b"1"


async def test_two_servers_run_side_by_side(server: EmbeddedNats) -> None:
    with folder() as root:
        other = EmbeddedNats(root / "data", authorization=AUTHORIZATION, log=root / "log", state_root=root / "state")
        await other.start()
        assert other.url != server.url
        await other.stop()


async def test_it_is_closed_to_the_unnamed(server: EmbeddedNats) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    await reader.readline()
    writer.write(b'CONNECT {"verbose":false}\r\nPING\r\n')
    assert await reader.readline() == b"-ERR 'Authorization Violation'\r\n"
    writer.close()
    await writer.wait_closed()


async def test_with_a_certificate_it_speaks_tls_only_and_whoever_does_not_trust_it_stays_outside() -> None:
    with folder() as root:
        for name in ("authority", "secrets"):
            (root / name).mkdir()
        bring(root / "authority", root / "secrets", root / "tls", datetime.now(UTC), names=["nats"], by_address=True)
        server = EmbeddedNats(
            root / "data",
            authorization=AUTHORIZATION,
            log=root / "log",
            certificate=root / "tls" / "nats",
            state_root=root / "state",
        )
        url = await server.start()
        assert url.startswith("tls://")
        client = await nats.connect(url, user="desk", password="desk", tls=bus_tls(url, root / "secrets"))
        await client.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            await nats.connect(url, user="desk", password="desk", allow_reconnect=False, error_cb=_unheard)
        await server.stop()


async def _unheard(_: Exception) -> None:
    """The caller hears it too."""


async def test_it_takes_messages_up_to_one_mebibyte(server: EmbeddedNats) -> None:
    client = await _connect(server.url)
    assert client.max_payload == 1_048_576
    await client.close()


async def test_a_configuration_it_does_not_take_is_a_clear_error() -> None:
    with folder() as root:
        server = EmbeddedNats(root / "data", authorization="authorization {", log=root / "log", state_root=root / "s")
        with pytest.raises(LocalRunError) as refused:
            await server.start()
        assert refused.value.code == "nats_not_ready"
        assert server.status().state == "stopped"


def test_the_configuration_is_durable_local_and_without_a_monitoring_port() -> None:
    text = render_config(
        port=4711, store_dir=Path('/data/đơn "thư"'), authorization=AUTHORIZATION, max_file_store=10**9
    )
    assert "sync_interval: always" in text
    assert 'host: "127.0.0.1"' in text
    assert 'store_dir: "/data/đơn \\"thư\\""' in text
    assert "http" not in text
    assert AUTHORIZATION in text
