"""The whole path without a browser, on one world: three letters from the desk to the acknowledged alert.

Every key is fixed and case time stands still, so two runs must leave the same events, byte for byte.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5

import asyncpg

from operations.embedded.ports import LOOPBACK
from shared.contracts.base import Done, Reply
from shared.contracts.casework import Accept, TakeOver
from shared.contracts.denial import Denied
from shared.contracts.intake import Letter, Register, Registered
from shared.contracts.notify import Acknowledge
from shared.contracts.routing import Confirm, Confirmed, ConfirmItem
from shared.contracts.vocabulary import Channel, ErrorCode, Kind
from shared.messaging.commands.sealed import seal_model
from tests.world import Desk, World, until

R = TypeVar("R", bound=Reply)
LETTERS = 3
OVERDUE = 2
"""Terms of each letter that end by then: its resolution and the notice of its acceptance."""
SERVICES = ("intake", "routing", "casework", "escalation", "notify")
DESK, HOLDER, HEAD, PLACE = "le-lai-03", "le-lai-04", "le-lai-01", "le-lai"
AFTER_THE_TERM = datetime(2025, 2, 21, 2, 0, tzinfo=UTC)
_KEYS = UUID("b7a5c1de-43c8-5f9e-9f0e-0c9b7b1e7a11")

Start = Callable[[str], Awaitable[None]]


def notify_settings(smtp_port: int) -> dict[str, Any]:
    """Settings of notify for a local mail server."""
    return {
        "smtp_url": f"smtp://{LOOPBACK}:{smtp_port}",
        "mail_from": "don-thu@don-thu.example",
        "public_url": "https://don-thu.example",
    }


class Path:
    """Walks the path; whatever is unavailable meanwhile is asked again under the same key."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world = world
        self._desk = desk

    async def walk(self, move_clock: Callable[[datetime], Awaitable[None]]) -> None:
        """From the desk to the acknowledged alert."""
        cases = [await self._register(number) for number in range(LETTERS)]
        for case_id in cases:
            await self._confirm(case_id)
        for case_id in cases:
            await self._row("casework", "select 1 from case_file where case_id = $1", case_id)
            await self._send(TakeOver(case_id=case_id, expected_version=1, nothing_bars_me=True), Done, HOLDER, case_id)
        for number, case_id in enumerate(cases, start=1):
            accept = Accept(
                case_id=case_id, expected_version=2, document_number=f"{number}/TB-UBND", accepted_on=date(2025, 1, 6)
            )
            await self._send(accept, Done, HEAD, case_id)
        for case_id in cases:
            await self._row("escalation", "select 1 from clock where case_id = $1 and rule = 'KN-15'", case_id)
        await move_clock(AFTER_THE_TERM)
        alerts = await self._alerts()
        for alert_id in alerts:
            await self._send(Acknowledge(alert_id=alert_id), Done, HEAD, alert_id)

    async def _register(self, number: int) -> UUID:
        letter = Letter(
            sender_name=f"Người gửi {number}",
            text="Tôi khiếu nại quyết định thu hồi đất của xã, tôi không đồng ý, đề nghị xem xét lại.",
            pin="274913",
        )
        command = Register(
            channel_of_arrival=Channel.COUNTER,
            authority_id=PLACE,
            received_on=date(2025, 1, 6),
            kind_ticked=Kind.COMPLAINT,
            against=[],
            signed=True,
            letter=seal_model(letter, self._world.servers.public.sealing["intake"]),
        )
        return (await self._send(command, Registered, DESK, number)).case_id

    async def _confirm(self, case_id: UUID) -> None:
        await self._row("routing", "select 1 from classification where case_id = $1", case_id)
        item = ConfirmItem(
            case_id=case_id,
            expected_version=1,
            kind=Kind.COMPLAINT,
            competent_authority_id=PLACE,
            holder_id=HOLDER,
            nobody_denounced=True,
        )
        done = await self._send(Confirm(items=[item]), Confirmed, DESK, case_id)
        assert done.results[0].error is None

    async def _alerts(self) -> list[UUID]:
        async def raised() -> list[UUID] | None:
            async with self._world.database("notify") as connection:
                rows = await connection.fetch("select alert_id from alert where recipient_id = $1 order by 1", HEAD)
            return [row["alert_id"] for row in rows] if len(rows) == OVERDUE * LETTERS else None

        found: list[UUID] = await until(raised, seconds=40)
        return found

    async def _row(self, service: str, query: str, case_id: UUID) -> None:
        async def there() -> bool:
            async with self._world.database(service) as connection:
                return await connection.fetchval(query, case_id) is not None

        await until(there, seconds=40)

    async def _send(self, command: Any, answer: type[R], officer_id: str, key: object) -> R:
        async def answered() -> R | None:
            try:
                return await self._desk.client.send(
                    command,
                    answer,
                    actor=self._desk.actor(officer_id, PLACE),
                    key=uuid5(_KEYS, f"{command.subject()}|{key}"),
                    timeout=3,
                )
            except Denied as denied:
                if denied.error.code is not ErrorCode.UNAVAILABLE:
                    raise
                return None

        done: R = await until(answered, seconds=60)
        return done


async def everything_decided(world: World) -> list[tuple[str, str, str]]:
    """Every event that every service decided: subject, id and body."""
    found = []
    for service in SERVICES:
        async with world.database(service) as connection:
            rows: list[asyncpg.Record] = await connection.fetch("select subject, event_id, body from outbox")
        found.extend((row["subject"], str(row["event_id"]), row["body"]) for row in rows)
    return sorted(found)


async def all_done(world: World) -> None:
    """Wait until no mail is waiting, no event is unsent and every letter has its number."""

    async def done() -> bool:
        for service in SERVICES:
            async with world.database(service) as connection:
                if await connection.fetchval("select count(*) from outbox_unsent"):
                    return False
        async with world.database("notify") as connection:
            unsent = await connection.fetchval("select count(*) from delivery where sent_at is null")
        async with world.database("intake") as connection:
            numbered = await connection.fetchval("select count(register_number) from petition")
        return bool(unsent == 0 and numbered == LETTERS)

    await until(done, seconds=40)
