"""Alerts by signed webhook, on real PostgreSQL, NATS and HTTP."""

import asyncio
import base64
import hashlib
import hmac
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from operations.embedded.ports import LOOPBACK, free_port
from services.notify.channels.channel import ChannelDown
from services.notify.channels.webhook import WebhookChannel
from shared.contracts.notify import AlertDelivered, AlertRaised
from shared.contracts.vocabulary import Medium
from tests.builders.alerts import ADDRESS, delivered, rung, settings
from tests.builders.webhooks import NOTICE
from tests.component.mail_server import mail_server
from tests.component.stream import publish, run_until_killed
from tests.escalation_events import HOLDER, LEADER, MORNING
from tests.world import World, until

SECRET = "a key between two machines"


@dataclass(frozen=True)
class Request:
    line: str
    headers: dict[str, str]
    body: bytes

    def verifies(self) -> bool:
        """As the receiver checks it, from the raw request alone."""
        said = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        mac = hmac.new(SECRET.encode(), said, hashlib.sha256).digest()
        return self.headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"


@dataclass
class Receiver:
    """Keeps every request and answers it with `status`."""

    status: str = "204 No Content"
    more: str = ""
    taken: list[Request] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.taken.append(Request(head[0], headers, body))
        writer.write(f"HTTP/1.1 {self.status}\r\n{self.more}content-length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    def ids(self) -> list[str]:
        return [request.headers["webhook-id"] for request in self.taken]


@asynccontextmanager
async def receiver(port: int, status: str = "204 No Content", more: str = "") -> AsyncIterator[Receiver]:
    found = Receiver(status, more)
    async with await asyncio.start_server(found.serve, LOOPBACK, port):
        yield found


def hooked(port: int, smtp: int | None = None) -> dict[str, Any]:
    hook = {"webhook_url": f"http://{LOOPBACK}:{port}/alerts?from=don-thu", "webhook_secret": SECRET}
    return settings(smtp or free_port()) | hook


async def row(world: World, columns: str) -> dict[str, Any]:
    async with world.database("notify") as connection:
        found = await connection.fetchrow(f"select {columns} from delivery where medium = 'webhook'")
    assert found is not None
    return dict(found)


async def test_an_alert_is_posted_once_signed_and_says_nothing_else(world: World) -> None:
    fired = rung(world)
    async with mail_server(smtp := free_port()) as mails, receiver(port := free_port()) as server:
        await world.start("notify", **hooked(port, smtp))
        await publish(world, fired)
        await delivered(world, 1)
        found = await delivered(world, 1, Medium.WEBHOOK)
    [raised] = [each.event for each in found.envelopes if isinstance(each.event, AlertRaised)]
    [request] = server.taken
    assert request.line == "POST /alerts?from=don-thu HTTP/1.1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == str(raised.alert_id)
    assert request.verifies()
    body = orjson.loads(request.body)
    assert set(body) == {"type", "alert_id", "due_on", "acknowledge_by"}
    assert (body["type"], body["alert_id"]) == ("alert.raised", str(raised.alert_id))
    assert (body["due_on"], body["acknowledge_by"]) == (
        raised.due_on.isoformat(),
        f"{raised.acknowledge_by:%Y-%m-%dT%H:%M:%SZ}",
    )
    whole = f"{request.line} {request.headers} {request.body.decode()}"
    untold = [LEADER, ADDRESS, str(raised.clock_id), str(fired.case_id), raised.rule, raised.rung]
    assert [word for word in untold if word in whole] == []
    assert len(mails.taken) == 1
    media = [each.event.medium for each in found.envelopes if isinstance(each.event, AlertDelivered)]
    assert sorted(media) == ["inbox", "mail", "webhook"]
    assert found.versions() == {raised.alert_id: [1, 2, 3, 4]}
    assert await row(world, "reply_code, sent_at is not null as sent") == {"reply_code": 204, "sent": True}


async def test_without_settings_nothing_waits_for_a_webhook(world: World) -> None:
    async with mail_server(port := free_port()):
        await world.start("notify", **settings(port))
        await publish(world, rung(world))
        await delivered(world, 1)
    async with world.database("notify") as connection:
        assert await connection.fetchval("select array_agg(medium) from delivery") == ["mail"]


async def test_a_refused_webhook_is_put_off_and_stops_neither_the_others_nor_the_mail(world: World) -> None:
    async with mail_server(smtp := free_port()), receiver(port := free_port(), "410 Gone") as server:
        await world.start("notify", **hooked(port, smtp))
        await publish(world, rung(world))

        async def put_off() -> bool:
            found = await row(world, "tries > 0 and next_try_at > clock_timestamp() + interval '30 seconds' as waits")
            return bool(found["waits"])

        await delivered(world, 1)
        await until(put_off)
        server.status = "200 OK"
        await publish(world, rung(world, HOLDER))
        await delivered(world, 1, Medium.WEBHOOK)
    assert len(set(server.ids())) == len(server.taken) == 2
    async with world.database("notify") as connection:
        assert await connection.fetchval("select count(*) from delivery where sent_at is null") == 1


@pytest.mark.parametrize("status", [None, "503 Service Unavailable", "429 Too Many Requests"])
async def test_webhooks_wait_while_the_receiver_is_down_and_none_is_lost(world: World, status: str | None) -> None:
    port = free_port()

    async def tried() -> bool:
        async with world.database("notify") as connection:
            query = "select max(tries) >= 2 and count(sent_at) = 0 from delivery where medium = 'webhook'"
            return bool(await connection.fetchval(query))

    async def wait_in_vain() -> None:
        await world.start("notify", **hooked(port))
        await publish(world, *(rung(world) for _ in range(12)))
        await until(tried)

    if status is None:
        await wait_in_vain()
    else:
        async with receiver(port, status):
            await wait_in_vain()
    async with receiver(port) as server:
        found = await delivered(world, 12, Medium.WEBHOOK)
    assert len(set(server.ids())) == len(server.taken) == 12
    assert all(request.verifies() for request in server.taken)
    assert set(map(tuple, found.versions().values())) == {(1, 2, 3)}


async def test_a_webhook_sent_before_a_crash_is_sent_again_under_the_same_id(world: World) -> None:
    async with receiver(port := free_port()) as server:
        await publish(world, rung(world))
        environment = {name.upper(): value for name, value in hooked(port).items()}
        status = await run_until_killed(world, "notify", CRASH_AT="webhook.after_send:1", **environment)
        assert status == -signal.SIGKILL
        assert len(server.taken) == 1
        async with world.database("notify") as connection:
            await connection.execute("update delivery set lease_until = '-infinity'")  # the dead one's lease runs out
        await world.start("notify", **hooked(port))
        found = await delivered(world, 1, Medium.WEBHOOK)
    [alert_id] = found.versions()
    assert server.ids() == [str(alert_id)] * 2
    assert server.taken[0].body == server.taken[1].body
    assert found.versions() == {alert_id: [1, 2, 3]}


async def test_a_redirect_is_not_followed() -> None:
    async with receiver(other := free_port()) as elsewhere:
        location = f"location: http://{LOOPBACK}:{other}/\r\n"
        async with receiver(port := free_port(), "307 Temporary Redirect", location) as server:
            with pytest.raises(ChannelDown):
                await WebhookChannel(f"http://{LOOPBACK}:{port}/", SECRET).send(NOTICE, MORNING)
    assert (len(server.taken), elsewhere.taken) == (1, [])


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiver(proxy := free_port()) as asked, receiver(port := free_port()) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{LOOPBACK}:{proxy}")
        assert await WebhookChannel(f"http://{LOOPBACK}:{port}/", SECRET).send(NOTICE, MORNING) == 204
    assert (len(server.taken), asked.taken) == (1, [])


async def test_an_answer_that_is_no_http_counts_as_down() -> None:
    async with receiver(port := free_port(), "not a status"):
        with pytest.raises(ChannelDown):
            await WebhookChannel(f"http://{LOOPBACK}:{port}/", SECRET).send(NOTICE, MORNING)
