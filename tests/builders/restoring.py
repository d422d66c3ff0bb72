"""What a house lived through before it burned, and how one asks what is left."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import requests

from operations.backup.take import Place
from operations.commands.audit import read_chain, report
from operations.commands.operator import Reach
from tests.console import PIN, Person
from tests.house import RunningHouse
from tests.world import until


async def confirm(house: RunningHouse, desk: Person, case_id: str) -> str:
    """Confirm a letter's kind and wait for its register number."""
    proposed = await house.case(desk, case_id, stage="proposed")
    answered = {"version": proposed["versions"]["routing"], "nobody_denounced": True}
    await desk.post(f"/api/v1/cases/{case_id}/confirm", answered)

    async def numbered() -> str | None:
        rows = await house.rows("select register_number from intake.petition where case_id = $1", UUID(case_id))
        number: str | None = rows[0]["register_number"]
        return number

    result: str = await until(numbered)
    return result


async def signed_head(house: RunningHouse, above: int) -> str:
    """The last signed head, once there is one above this number."""

    async def signed() -> str | None:
        query = "select number, hash from audit.signed_head where number > $1 order by number desc limit 1"
        rows = await house.rows(query, above)
        return f"{rows[0]['number']}:{rows[0]['hash'].hex()}" if rows else None

    head: str = await until(signed)
    return head


async def correct_receipt(house: RunningHouse, desk: Person, case_id: str) -> None:
    """Leave a reason in the vault."""
    await house.case(desk, case_id, stage="proposed")
    body = {
        "was_on": "2025-01-06",
        "received_on": "2025-01-03",
        "reason": "Gõ nhầm.",
        "document_number": "15/BC-UBND",
        "document_on": "2025-01-03",
    }
    await desk.post(f"/api/v1/cases/{case_id}/correct-receipt", body)


async def any_key_is_there(place: Place, asked: list[UUID]) -> bool:
    keys = await asyncpg.connect(place.keys_url)
    try:
        return await keys.fetchval("select 1 from wrapped_key where key_id = any($1) limit 1", asked) is not None
    finally:
        await keys.close()


async def verified(place: Place, head: str | None = None) -> dict[str, Any]:
    return report(await read_chain(Reach(place.database_url, place.nats_url, place.secrets_dir)), head)


async def track(house: RunningHouse, code: str) -> int:
    form = {"code": code, "pin": PIN}
    return (await asyncio.to_thread(requests.post, f"{house.url}/track", data=form, timeout=30)).status_code
