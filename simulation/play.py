"""Plays the district: letters arrive, officials act, the clock jumps to the next instant at which something is due.

Services say when they are quiet; only then does the clock move again.
"""

import asyncio
import itertools
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import orjson
from nats.aio.client import Client

from shared.contracts.house import SERVICES
from shared.contracts.vocabulary import Stage
from shared.directory import Directory, Role
from shared.law.day import legal_day
from shared.messaging.host.host import ONLY_ASKED, QUIET
from shared.procedure import ENDED
from simulation.agenda import Agenda, Clock, Deed
from simulation.calendar import after, next_working_day, round_at
from simulation.corpus.corpus import DemoLetter
from simulation.door import Door, Refusal
from simulation.officials import LATE, Act, next_act, pause

_KEYS = UUID("4d8c1f5e-2f2e-5a0b-8a38-6a1f6c0a9b55")
PIN = "274913"
SLOW_SHARE = 4
"""One leader in so many acknowledges only after some days."""

_CASE = "select * from portal.case_view where case_id = $1"
_NEXT_RUNG = "select min(next_fire_at) from escalation.firing"
_WAITING = """
select alert_id, recipient_id, raised_at from portal.alert_view where acknowledged_at is null order by raised_at
"""


@dataclass(slots=True)
class Played:
    """What the play did, for the report and for its author."""

    receipts: dict[str, list[UUID]] = field(default_factory=dict)
    """Case ids of receipts by letter, as the sender got them."""
    refused: list[str] = field(default_factory=list)
    """Acts that the house refused, as code and path."""
    jumps: int = 0
    acts: int = 0


class Play:
    """One run over the corpus."""

    def __init__(
        self, door: Door, admin: asyncpg.Pool, bus: Client, clock: Clock, directory: Directory,
        letters: Iterable[DemoLetter], on_jump: Callable[[datetime, "Played"], None] = lambda now, played: None,
    ) -> None:  # fmt: skip
        self._door = door
        self._admin = admin
        self._bus = bus
        self._clock = clock
        self._directory = directory
        self._letters = tuple(letters)
        self._agenda = Agenda()
        self._numbers = itertools.count(1)
        self._on_jump = on_jump
        self.played = Played()

    async def run(self, start: datetime, days: int) -> Played:
        """Play `days` days of case time from `start`."""
        end = start + timedelta(days=days)
        first = legal_day(start)
        for letter in self._letters:
            if letter.day < days:
                day = next_working_day(first + timedelta(days=letter.day))
                self._agenda.plan(round_at(day, 0 if _chance(letter.id, 2) else 2), self._arrival(letter))
        for offset in range(days):
            day = first + timedelta(days=offset)
            if next_working_day(day) == day:
                self._agenda.plan(round_at(day, 1), self._acknowledge)
        await self.quiet()
        while (instant := await self._next(end)) is not None:
            await self._clock.move(max(instant, self._clock.now()))
            self.played.jumps += 1
            self._on_jump(instant, self.played)
            await self.quiet()
            deeds = self._agenda.due(instant)
            if deeds:
                await asyncio.gather(*(deed() for deed in deeds))
                await self.quiet()
        await self._clock.move(end)
        await self.quiet()
        return self.played

    async def quiet(self) -> None:
        """Wait until no service has anything left to do at this case time."""
        calm, before = 0, -1
        while calm < 2:
            answers = await asyncio.gather(*(self._bus.request(f"clock.{s}", ONLY_ASKED, timeout=10) for s in SERVICES))
            decided = await self._admin.fetchval(_DECIDED)
            calm = calm + 1 if all(each.data == QUIET for each in answers) and decided == before else 0
            before = decided
            if not calm:
                await asyncio.sleep(0.005)

    async def _next(self, end: datetime) -> datetime | None:
        rung = await self._admin.fetchval(_NEXT_RUNG)
        instants = [each for each in (rung, self._agenda.next) if each is not None]
        instant = min(instants, default=end)
        return instant if instant < end else None

    def _arrival(self, letter: DemoLetter) -> Deed:
        async def arrive() -> None:
            today = legal_day(self._clock.now())
            found = self._directory.available(letter.desk, Role.HANDLER, today)
            if found is None:
                self._agenda.plan(after(self._clock.now(), 1, 0), arrive)
                return
            body = await self._petition(letter, found.officer_id)
            answer = await self._door.post(
                found.officer_id, "/api/v1/petitions", body, key=uuid5(_KEYS, f"letter|{letter.id}")
            )
            self.played.receipts[letter.id] = [UUID(answer["case_id"])]
            self._watch(letter, UUID(answer["case_id"]), letter)

        return arrive

    async def _petition(self, letter: DemoLetter, officer_id: str) -> dict[str, Any]:
        today = legal_day(self._clock.now())
        body: dict[str, Any] = {
            "channel": letter.channel,
            "received_on": today.isoformat(),
            "kind_ticked": letter.ticked,
            "against": list(letter.against),
            "signed": letter.signed,
            "letter": {
                "sender_name": letter.sender, "sender_address": letter.address, "phone": letter.phone,
                "text": letter.text, "pin": PIN,
            },
        }  # fmt: skip
        if letter.written is not None:
            body["letter_on"] = (today + timedelta(days=letter.written)).isoformat()
        if letter.postmark is not None:
            body["postmark_on"] = (today + timedelta(days=letter.postmark)).isoformat()
        if letter.forwarded_by:
            body |= {"forwarded_by": letter.forwarded_by, "forwarding_number": letter.forwarding_number}
        if letter.sealed_slip:
            slips = await self._door.post(
                officer_id, "/api/v1/slips", {"count": 1}, key=uuid5(_KEYS, f"slip|{letter.id}")
            )
            body["slip"] = slips["slips"][0]
        if letter.channel == "box":
            body["box_id"] = await self._box(letter, officer_id)
        return body

    async def _box(self, letter: DemoLetter, officer_id: str) -> str:
        today = legal_day(self._clock.now())
        others = [
            officer
            for role in (Role.DEPUTY, Role.OFFICER)
            for officer in self._directory.holders_of(letter.desk, role, today)
        ]
        body = {
            "opened_on": today.isoformat(), "letters": 1, "minutes_number": f"{next(self._numbers)}/BB-UBND",
            "second_person_id": others[0],
        }  # fmt: skip
        answer = await self._door.post(officer_id, "/api/v1/boxes", body, key=uuid5(_KEYS, f"box|{letter.id}"))
        return str(answer["box_id"])

    def _watch(self, letter: DemoLetter, case_id: UUID, plan: DemoLetter) -> None:
        place = zlib.crc32(case_id.bytes) % 4
        self._agenda.plan(after(self._clock.now(), 1, place), self._look(plan, case_id, place, fresh=True))

    def _look(self, letter: DemoLetter, case_id: UUID, place: int, *, fresh: bool) -> Deed:
        async def look() -> None:
            row = await self._row(case_id)
            if row is None or row["stage"] in ENDED:
                return
            now = self._clock.now()
            kind = str(row["kind"] or letter.label.kind)
            if fresh and pause(row, letter, kind) > 1:
                self._agenda.plan(
                    after(now, pause(row, letter, kind) - 1, place), self._look(letter, case_id, place, fresh=False)
                )
                return
            if letter.fate == "late" and row["stage"] in (Stage.ACCEPTED, Stage.TAKEN) and not _overdue(row, now):
                self._agenda.plan(after(round_at(next_working_day(row["due_on"]), place), LATE, place), look)
                return
            await self._act(row, letter)
            self._agenda.plan(after(now, 1, place), self._look(letter, case_id, place, fresh=True))

        return look

    async def _row(self, case_id: UUID) -> dict[str, Any] | None:
        row = await self._admin.fetchrow(_CASE, case_id)
        return None if row is None else dict(row) | {"versions": orjson.loads(row["versions"])}

    async def _act(self, row: dict[str, Any], letter: DemoLetter) -> None:
        today = legal_day(self._clock.now())
        if (
            letter.fate == "split"
            and row["stage"] == Stage.PROPOSED
            and row["case_id"] in self.played.receipts[letter.id][:1]
        ):
            await self._split(row, letter)
            return
        act = next_act(row, letter, self._directory, today, next(self._numbers))
        if act is None or not self._directory.is_present(act.officer_id, today):
            return
        await self._do(row["case_id"], act)

    async def _do(self, case_id: UUID, act: Act) -> dict[str, Any] | None:
        try:
            self.played.acts += 1
            return await self._door.post(act.officer_id, f"/api/v1/cases/{case_id}/{act.path}", act.body)
        except Refusal as refusal:
            self.played.refused.append(f"{act.path}: {refusal.code} {refusal.body.get('field') or ''}".strip())
            return None

    async def _split(self, row: dict[str, Any], letter: DemoLetter) -> None:
        opened = await self._do(row["case_id"], Act(row["person_id"], "text", {}))
        if opened is None:
            return
        stretches = _paragraphs(opened["text"])
        parts = [
            {
                "kind": part.kind,
                "against": list(part.against),
                "stretches": [stretches[place] for place in part.paragraphs],
            }
            for part in letter.parts
        ]
        answer = await self._do(row["case_id"], Act(row["person_id"], "split", {"parts": parts, "pin": PIN}))
        if answer is None:
            return
        for made, part in zip(answer["parts"], letter.parts, strict=True):
            case_id = UUID(made["case_id"])
            self.played.receipts[letter.id].append(case_id)
            self._watch(letter, case_id, letter.for_part(part))

    async def _acknowledge(self) -> None:
        now = self._clock.now()
        today = legal_day(now)
        for row in await self._admin.fetch(_WAITING):
            slow = _chance(row["recipient_id"], SLOW_SHARE)
            if slow and now - row["raised_at"] < timedelta(days=4):
                continue
            if not self._directory.is_present(row["recipient_id"], today):
                continue
            try:
                await self._door.post(row["recipient_id"], f"/api/v1/alerts/{row['alert_id']}/acknowledge", {})
                self.played.acts += 1
            except Refusal as refusal:
                self.played.refused.append(f"acknowledge: {refusal.code}")


_DECIDED = "select " + " + ".join(f"(select coalesce(max(number), 0) from {name}.outbox)" for name in SERVICES)  # noqa: S608


def _chance(text: str, one_in: int) -> bool:
    return zlib.crc32(text.encode()) % one_in == 0


def _overdue(row: dict[str, Any], now: datetime) -> bool:
    return bool(row["due_on"] < legal_day(now))


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Stretches of the text between blank lines."""
    found, at = [], 0
    for part in text.split("\n\n"):
        found.append((at, at + len(part)))
        at += len(part) + 2
    return found
