"""Alerts on their way to a mailbox."""

from typing import Any

from operations.embedded.ports import LOOPBACK
from shared.contracts.bus.envelope import Envelope
from shared.contracts.notify import AlertDelivered
from shared.contracts.vocabulary import Medium
from shared.directory import load
from tests.component.stream import Decided, decided
from tests.escalation_events import LEADER, rung_fired, told
from tests.world import NEW_YEAR, World, until

ADDRESS = load("thach_an").officer(LEADER).email


def settings(port: int) -> dict[str, Any]:
    return {
        "smtp_url": f"smtp://{LOOPBACK}:{port}",
        "mail_from": "don-thu@thach-an.example",
        "public_url": "https://donthu.example",
    }


async def delivered(world: World, count: int, medium: Medium = Medium.MAIL) -> Decided:
    async def enough() -> Decided | None:
        found = await decided(world, "notify")
        taken = [e for e in found.envelopes if isinstance(e.event, AlertDelivered) and e.event.medium is medium]
        return found if len(taken) >= count else None

    found: Decided = await until(enough)
    return found


def rung(world: World, recipient_id: str = LEADER) -> Envelope:
    return told(rung_fired(recipient_id), at=NEW_YEAR, realm=world.tag)
