"""The people of a storm: desks send letters and repeat under the same key, officers confirm and act on them."""

import asyncio
import http.client
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from shared.law.day import legal_day
from simulation.door import Refusal
from tests.console import Person, a_letter
from tests.house import RunningHouse
from tests.world import until

PLACES = ("le-lai", "dong-khe", "canh-tan", "duc-long")
PACE_SECONDS = 0.2
LOOK_SECONDS = 0.3
PATIENCE_SECONDS = 150.0
_CLOCK_NOT_HEARD = ("date_in_future",)
"""A service on a broken line hears of a jump of the virtual clock some seconds later."""
ACTS = ("confirm", "take-over", "accept")


def now() -> float:
    """Seconds of the loop's clock."""
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class Attempt:
    """One POST of a letter."""

    began: float
    ended: float
    registered: bool


@dataclass(slots=True)
class Sent:
    """One letter of a sender's own list."""

    key: UUID
    place: str
    case_id: UUID | None = None
    registered_at: float = 0.0
    proposed_at: float = 0.0
    """When the console first showed a proposal; 0 while it has not."""


@dataclass
class People:
    """Everybody at work, and their own lists."""

    house: RunningHouse
    patience_seconds: float = PATIENCE_SECONDS
    letters: list[Sent] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    acts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ACTS, 0))
    refused: list[str] = field(default_factory=list)
    earlier: set[UUID] = field(default_factory=set)
    """Receipts of days that are over."""

    def __post_init__(self) -> None:
        self._persons: dict[str, Person] = {}
        self._closing = asyncio.Event()
        self._followers: list[asyncio.Task[None]] = []
        self._numbers = itertools.count(1)

    @property
    def desk(self) -> Person:
        """Somebody at a desk."""
        return self._persons["le-lai-03"]

    @property
    def receipts(self) -> set[UUID]:
        """Case ids of all the receipts that were given."""
        return self.earlier | self.receipted

    @property
    def receipted(self) -> set[UUID]:
        """Case ids of the receipts of today's letters."""
        return {letter.case_id for letter in self.letters if letter.case_id is not None}

    def new_day(self) -> "People":
        """The same persons with empty lists; what was given stays known."""
        self.earlier, self.letters, self.attempts = self.receipts, [], []
        return self

    async def arrive(self) -> None:
        """Everybody signs in; the door lets nobody do that often."""
        for place in PLACES:
            for desk in ("01", "03", "04"):
                officer_id = f"{place}-{desk}"
                self._persons[officer_id] = await self.house.person(officer_id)

    async def work(self) -> None:
        """Send until `stop`; then until every letter has its receipt, is proposed and acted on."""
        await asyncio.gather(*(self._desk(place) for place in PLACES))
        await asyncio.gather(*self._followers)

    def stop(self) -> None:
        """No new letters from here on."""
        self._closing.set()

    async def send(self, count: int) -> list[Sent]:
        """Letters of one desk, one after the other, each until its receipt; nobody acts on them."""
        desk = self.desk
        found = []
        for _ in range(count):
            letter = Sent(uuid4(), "le-lai")
            self.letters.append(letter)
            await self._register(desk, letter)
            found.append(letter)
        return found

    async def _desk(self, place: str) -> None:
        desk = self._persons[f"{place}-03"]
        while not self._closing.is_set():
            letter = Sent(uuid4(), place)
            self.letters.append(letter)
            await self._register(desk, letter)
            self._followers.append(asyncio.create_task(self._follow(desk, letter)))
            await asyncio.sleep(PACE_SECONDS)

    async def _register(self, desk: Person, letter: Sent) -> None:
        body = a_letter(sender_name=f"Người gửi số {len(self.letters)}")

        async def once() -> dict[str, Any]:
            attempt = Attempt(now(), 0.0, registered=False)
            self.attempts.append(attempt)
            try:
                answer = await desk.register(body, key=letter.key)
                attempt.registered = True
                return answer
            finally:
                attempt.ended = now()

        letter.case_id = UUID((await self._answered(once))["case_id"])
        letter.registered_at = now()

    async def _follow(self, desk: Person, letter: Sent) -> None:
        """Wait for the proposal, then let the officers do what comes next."""
        seen = await self._case(desk, letter, "proposed")
        letter.proposed_at = now()
        place, version = letter.place, seen["versions"]["routing"]
        holder, head = self._persons[f"{place}-04"], self._persons[f"{place}-01"]
        confirmed = {
            "version": version,
            "kind": "complaint",
            "competent_authority_id": place,
            "holder_id": f"{place}-04",
            "nobody_denounced": True,
        }
        if not await self._act(desk, letter, "confirm", confirmed):
            return
        seen = await self._case(holder, letter, "open")
        taken = {"version": seen["versions"]["casework"], "nothing_bars_me": True}
        if not await self._act(holder, letter, "take-over", taken):
            return
        seen = await self._case(head, letter, "taken")
        day = legal_day(self.house.clock.now()).isoformat()
        number = f"{next(self._numbers)}/TB-UBND"
        accepted = {"version": seen["versions"]["casework"], "document_number": number, "accepted_on": day}
        await self._act(head, letter, "accept", accepted)

    async def _case(self, person: Person, letter: Sent, stage: str) -> dict[str, Any]:
        """The case as the console shows it, once it has reached a stage."""

        async def look() -> dict[str, Any] | None:
            try:
                found = await person.get(f"/api/v1/cases/{letter.case_id}")
            except Refusal as refusal:
                if refusal.status == 404:
                    return None
                raise
            return found if found["stage"] == stage else None

        found: dict[str, Any] = await until(
            lambda: self._answered(look), seconds=self.patience_seconds, every=LOOK_SECONDS
        )
        return found

    async def _act(self, person: Person, letter: Sent, name: str, body: dict[str, Any]) -> bool:
        key = uuid4()
        try:
            await self._answered(lambda: person.post(f"/api/v1/cases/{letter.case_id}/{name}", body, key=key))
        except Refusal as refusal:
            self.refused.append(f"{name}: {refusal.code}")
            return False
        self.acts[name] += 1
        return True

    async def _answered(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Ask, and ask again while there is no answer or only that nobody is available.

        Raises:
            AssertionError: it went on for too long; with what every attempt met and when.
        """
        began, met = now(), list[str]()

        async def answered() -> tuple[Any] | None:
            try:
                return (await ask(),)
            except (OSError, http.client.HTTPException) as error:
                met.append(f"{now() - began:.1f} s {type(error).__name__}")
            except Refusal as refusal:
                if refusal.status < 500 and refusal.code not in _CLOCK_NOT_HEARD:
                    raise
                met.append(f"{now() - began:.1f} s {refusal}")
            return None

        try:
            [answer] = await until(answered, seconds=self.patience_seconds, every=LOOK_SECONDS)
        except AssertionError:
            raise AssertionError(f"asked from {began:.0f} s on: {', '.join(met)}") from None
        return answer
