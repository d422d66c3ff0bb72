"""Every page of the door over a read model of a million cases: what a signed-in official waits for.

usage: python -m benchmarks.pages [--cases 1000000] [--requests 240] [--at-once 8]
The whole house runs as processes. Times are the client's on loopback, so they hold the server's and a little more.
"""

import argparse
import asyncio
import http.client
import json
import os
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

import asyncpg

from benchmarks.district import TODAY, fill
from benchmarks.installation import administrator, at_share, cpu_seconds, durability, installed
from operations.house.clockwork import Clockwork
from operations.house.stack import Stack
from operations.steward import connect_steward
from services.portal.policy import viewer_of
from shared.contracts.house import SERVICES
from shared.contracts.vocabulary import Stage
from shared.directory import Directory
from shared.directory import load as load_directory
from shared.law.day import LEGAL_ZONE
from shared.procedure import ENDED
from simulation.door import Door

PEOPLE = {
    "handler": ("le-lai-03", "dong-khe-03", "thach-an-04", "cao-bang-03"),
    "officer": ("le-lai-04", "dong-khe-04", "thach-an-05", "thach-an-06"),
    "head": ("le-lai-01", "dong-khe-01", "thach-an-01", "cao-bang-01"),
    "watcher": ("thach-an-01", "thach-an-03", "cao-bang-01", "cao-bang-02"),
    "operator": ("thach-an-03", "thach-an-07", "cao-bang-02"),
}
QUEUES = ("classification", "acceptance", "due_soon", "overdue", "unacknowledged", "stuck")
TRACKED = 24
PIN = "274913"
NOW = datetime.combine(TODAY, time_of_day(9), LEGAL_ZONE).astimezone(UTC)
WARM_UP = 16


@dataclass(frozen=True, slots=True)
class Request:
    """One request of one person; nobody's when public."""

    officer_id: str
    path: str
    form: str = ""


@dataclass(slots=True)
class Visitors:
    """Sessions of people, and what each may see."""

    url: str
    tokens: dict[str, str] = field(default_factory=dict)
    cases: dict[str, list[UUID]] = field(default_factory=dict)
    proposals: dict[str, list[UUID]] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)
    portal: int = 0
    postmaster: int = 0

    def cpu_seconds(self) -> float:
        """Processor time of the portal process and its PostgreSQL backends so far; 0 where the system does not tell."""
        total = 0.0
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                stat = (process / "stat").read_text().rpartition(")")[2].split()
                backend = int(stat[1]) == self.postmaster and b"donthu_portal" in (process / "cmdline").read_bytes()
                if backend or process.name == str(self.portal):
                    total += cpu_seconds(int(process.name))
        return total

    def seconds(self, requests: Sequence[Request]) -> list[float]:
        """Send these one after another over one kept connection; seconds of each, the answer read to its end."""
        parts = urlsplit(self.url)
        taken = []
        with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)) as connection:
            connection.connect()
            for request in requests:
                begun = time.perf_counter()
                answer = self._sent(connection, request)
                body = answer.read()
                taken.append(time.perf_counter() - begun)
                if answer.status != 200:
                    raise AssertionError(
                        f"{request.path} answered {answer.status} to {request.officer_id}: {body[:200]!r}"
                    )
        return taken

    def _sent(self, connection: http.client.HTTPConnection, request: Request) -> http.client.HTTPResponse:
        headers = {"Cookie": f"session={self.tokens[request.officer_id]}"} if request.officer_id else {}
        if request.form:
            origin = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
            headers |= origin | {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST" if request.form else "GET", request.path, request.form or None, headers)
        return connection.getresponse()


Draw = Callable[[random.Random], Request]


def pages(known: Visitors) -> dict[str, Draw]:
    """The pages by name, each with persons and parameters drawn anew for every request."""

    def by(role: str, path: Callable[[random.Random], str] | str) -> Draw:
        def draw(dice: random.Random) -> Request:
            who = dice.choice(PEOPLE[role])
            return Request(who, path if isinstance(path, str) else path(dice))

        return draw

    def of_cases(role: str, path: str, ids: dict[str, list[UUID]]) -> Draw:
        def draw(dice: random.Random) -> Request:
            who = dice.choice([each for each in PEOPLE[role] if ids.get(each)])
            return Request(who, path.format(dice.choice(ids[who])))

        return draw

    def track(dice: random.Random) -> Request:
        return Request("", "/track", urlencode({"code": dice.choice(known.receipts), "pin": PIN}))

    return {
        "home": by("officer", "/"),
        "home_of_head": by("head", "/"),
        "work_queue": by("officer", lambda dice: f"/cases?view=mine{_after(dice)}"),
        "unit": by("head", lambda dice: f"/cases?view=unit{_after(dice)}"),
        "all_open": by("officer", lambda dice: f"/cases?view=all{_after(dice)}"),
        "all_open_of_watcher": by("watcher", lambda dice: f"/cases?view=all{_after(dice)}"),
        "ended": by("officer", lambda dice: f"/cases?view=ended{_long_ago(dice)}"),
        "ended_of_operator": by("operator", lambda dice: f"/cases?view=ended{_long_ago(dice)}"),
        "search_number": by("head", lambda dice: f"/cases?number={_number(dice)}"),
        "search_beginning": by("officer", lambda dice: f"/cases?number={_number(dice)[: dice.choice((4, 7, 10))]}"),
        "search_beginning_of_operator": by("operator", lambda dice: f"/cases?number={_number(dice)[:7]}"),
        "case": of_cases("officer", "/cases/{}", known.cases),
        "case_of_head": of_cases("head", "/cases/{}", known.cases),
        "confirm_list": by("handler", lambda dice: f"/confirm?x=1{_after(dice)}"),
        "confirm": of_cases("handler", "/confirm/{}", known.proposals),
        "alerts": by("head", "/alerts"),
        "leader": by("head", "/leader"),
        "monitoring": by("watcher", "/monitoring"),
        "queue": by(
            "watcher",
            lambda dice: f"/monitoring/{dice.choice(('le-lai', 'dong-khe', 'thach-an'))}/{dice.choice(QUEUES)}",
        ),
        "register_form": by("handler", "/register"),
        "operations": by("operator", "/operations"),
        "track": track,
        "api_cases": by("officer", "/api/v1/cases?view=mine"),
        "api_case": of_cases("head", "/api/v1/cases/{}", known.cases),
    }


def _after(dice: random.Random) -> str:
    """The first page, or one further on."""
    return "" if dice.random() < 0.5 else f"&after={TODAY + timedelta(days=dice.randrange(-20, 20))}~{UUID(int=0)}"


def _long_ago(dice: random.Random) -> str:
    return (
        "" if dice.random() < 0.3 else f"&after={date(2022, 1, 4) + timedelta(days=dice.randrange(1200))}~{UUID(int=0)}"
    )


def _number(dice: random.Random) -> str:
    return f"{dice.choice(('KN', 'PA', 'TC', 'TD'))}-{dice.choice((2023, 2024, 2025))}-{dice.randrange(100_000):05}"


async def measure(cases: int = 1_000_000, requests: int = 240, at_once: int = 8, seed: int = 1) -> dict[str, object]:
    """Fill, sign in, and time every page alone and `at_once`."""
    directory = load_directory("thach_an")
    async with installed(SERVICES) as stack:
        bus = await connect_steward(stack.nats_url, stack.data.secrets)
        try:
            clock = Clockwork(stack.database_url, bus, SERVICES)
            await clock.start(running=False)
            await clock.move(NOW)
        finally:
            await bus.close()
        filled = await fill(stack, directory, cases, seed)
        known = await visitors(stack, directory)
        if stack.supervisor and stack.postgres:
            known.portal = stack.supervisor.statuses()["portal"].pid or 0
            known.postmaster = stack.postgres.status().pid or 0
        times = await asyncio.to_thread(timed, known, requests, at_once, seed)
        connection = await asyncpg.connect(stack.database_url)
        try:
            settings = await durability(connection)
        finally:
            await connection.close()
    return (
        filled
        | times
        | {
            "requests": requests,
            "at_once": at_once,
            "measured": "client on loopback, from sending to the last byte, one process of portal",
            "cores": os.cpu_count(),
            "durability": settings,
        }
    )


def timed(known: Visitors, requests: int, at_once: int, seed: int) -> dict[str, object]:
    """Every page one request at a time, then all pages with `at_once` people at a time."""
    alone: dict[str, dict[str, float]] = {}
    together: dict[str, dict[str, float]] = {}
    for name, draw in pages(known).items():
        dice = random.Random(f"{seed} {name}")
        known.seconds([draw(dice) for _ in range(WARM_UP)])
        used = known.cpu_seconds()
        alone[name] = _figures(known.seconds([draw(dice) for _ in range(requests)]))
        alone[name]["cpu_ms"] = round((known.cpu_seconds() - used) / requests * 1000, 1)
        with ThreadPoolExecutor(at_once) as threads:
            shares = [[draw(dice) for _ in range(-(-requests // at_once))] for _ in range(at_once)]
            together[name] = _figures([each for taken in threads.map(known.seconds, shares) for each in taken])
    return {"pages": alone, f"pages_{at_once}_at_once": together}


def _figures(seconds: list[float]) -> dict[str, float]:
    seconds.sort()
    return {f"p{share}_ms": round(at_share(seconds, share / 100) * 1000, 1) for share in (50, 95)}


async def visitors(stack: Stack, directory: Directory) -> Visitors:
    """Sign everybody in, find cases each of them may open, and register letters to be tracked."""
    known = Visitors(stack.url)
    door = Door(stack.url)
    people = sorted({each for group in PEOPLE.values() for each in group})
    for officer_id in people:
        known.tokens[officer_id] = (await door.officer(officer_id)).token
    async with administrator(stack, "portal") as admin:
        for officer_id in people:
            final, proposed = await _visible(admin, directory, officer_id)
            known.cases[officer_id], known.proposals[officer_id] = final, proposed
    for _ in range(TRACKED):
        answer = await door.post("le-lai-03", "/api/v1/petitions", _letter())
        known.receipts.append(answer["receipt_code"])
    return known


async def _visible(admin: asyncpg.Connection, directory: Directory, officer_id: str) -> tuple[list[UUID], list[UUID]]:
    viewer = viewer_of(directory, officer_id, TODAY)
    if viewer is None:
        return [], []
    query = (
        "select case_id, stage from case_view where audience && $1::text[] and not hidden_from @> array[$2::text]"
        " and case_id > $3::uuid and stage = any($4::text[])"
        " and ($5::text[] is null or confirmer_authority_id = any($5))"
        " order by case_id limit 150"
    )
    seen: list[UUID] = []
    for stages in (
        [Stage.ACCEPTED, Stage.TAKEN, Stage.OPEN, Stage.DECIDED],
        [stage for stage in ENDED if stage is not Stage.SPLIT],
    ):
        rows = await admin.fetch(query, *viewer.scope, uuid4(), stages, None)
        seen += [row["case_id"] for row in rows]
    places = list(viewer.confirms_at)
    proposed = await admin.fetch(query, *viewer.scope, UUID(int=0), [Stage.PROPOSED], places)
    return seen, [row["case_id"] for row in proposed]


def _letter() -> dict[str, object]:
    text = "Tôi khiếu nại quyết định thu hồi đất vườn của Ủy ban nhân dân xã, tôi không đồng ý."
    letter = {"sender_name": "Nông Văn Bảo", "sender_address": "Thôn Nà Lình, xã Lê Lai", "text": text, "pin": PIN}
    return {"received_on": TODAY.isoformat(), "kind_ticked": "complaint", "against": ["le-lai"], "letter": letter}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=240)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    print(json.dumps(asyncio.run(measure(**vars(parser.parse_args())))))


if __name__ == "__main__":
    main()
