"""`donthu ledger`."""

import asyncio
from pathlib import Path
from uuid import UUID

import asyncpg

from operations.commands.operator import HERE, House, Json, Reach, say
from operations.ledger.equations import balance, second_copies
from operations.ledger.rest import collect_at_rest
from operations.steward import CONNECT_SECONDS, connect_steward
from shared.security.secrets import PublicKeys


def ledger(house: House = HERE, *, mails: Path | None = None, sent: Path | None = None, json: Json = False) -> None:
    """Balance "nothing lost, nothing doubled" over every store; exit 1 when a line is not 0.

    `second_copies` is no line: events that the stream keeps twice since an outage, and nobody applied twice.

    Parameters
    ----------
    mails
        Folder of the local mail server; of the embedded run it is known.
    sent
        The sender's own list: one case id per line.
    """
    lines, copies = asyncio.run(_balanced(house.reach(), mails=mails, sent=sent))
    say(lines | {"second_copies": copies}, as_json=json)
    raise SystemExit(1 if any(lines.values()) else 0)


async def _balanced(reach: Reach, *, mails: Path | None, sent: Path | None) -> tuple[dict[str, int], int]:
    """The lines, and how many second copies the stream has. The services may run, but should be at rest."""
    receipts = {UUID(line) for line in sent.read_text(encoding="utf-8").split()} if sent else None
    steward = await connect_steward(reach.nats_url, reach.secrets_dir, within=CONNECT_SECONDS)
    admin = await asyncpg.connect(reach.database_url)
    try:
        key = PublicKeys.load(reach.secrets_dir).audit or b""
        facts = await collect_at_rest(admin, steward, key, mails=mails or reach.mails, receipts_given=receipts)
        return balance(facts), second_copies(facts)
    finally:
        await admin.close()
        await steward.close()
