"""The demo console: case time, mails, accounts. It does not exist in production."""

import asyncio
from datetime import datetime, timedelta

from starlette.responses import Response
from starlette.routing import Route

from services.portal.entry import accounts
from services.portal.web.base.visit import Visit, see, signed_in
from services.portal.web.operations.mails import latest
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode

_JUST_AFTER = timedelta(seconds=1)


@signed_in
async def console(visit: Visit) -> Response:
    """What happens around the demo."""
    return await _page(visit)


@signed_in
async def jump(visit: Visit) -> Response:
    """Move the virtual clock forward."""
    try:
        to = await _target(visit)
        await visit.door.gateway.jump(to)
        await visit.door.clock.reload()
    except Denied as denied:
        return await _page(visit, visit.texts.label("error", denied.code), 409)
    return see("/demo")


async def _target(visit: Visit) -> datetime:
    match visit.form.get("step", ""):
        case "day":
            return visit.now + timedelta(days=1)
        case "week":
            return visit.now + timedelta(weeks=1)
        case "due":
            due_at = await visit.door.model.next_instant(visit.now)
            if due_at is None:
                raise Denied(ErrorCode.NOT_FOUND)
            return due_at + _JUST_AFTER
        case _:
            raise Denied(ErrorCode.INVALID)


async def _page(visit: Visit, error: str = "", status: int = 200) -> Response:
    store = visit.door.settings.mail_store
    mails = await asyncio.to_thread(latest, store) if store else []
    listed = accounts.demo_list(visit.door.directory, visit.today) if visit.door.settings.demo_accounts else []
    return visit.page("demo.html", status, error=error, mails=mails, accounts=listed, password=accounts.DEMO_PASSWORD)


ROUTES = [Route("/demo", console, methods=["GET"]), Route("/demo/jump", jump, methods=["POST"])]
