"""Live updates: a page hears that its viewer's inbox changed, and nothing else; then it asks for itself again.

A signal for whatever happens in the house would tell the excluded that something happened (law 7), so the viewer's own
inbox is looked at, through the policy, whenever the read model moved.
"""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from services.portal.door import Door
from services.portal.entry.sessions import Session
from services.portal.policy import Viewer, viewer_of
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.law.day import legal_day

LONGEST_SECONDS = 300.0
"""A stream ends after so long and the browser opens the next, which needs a live session again."""
CALM_SECONDS = 1.0
"""Between two looks, however much happens."""
_AT_ONCE = {"X-Accel-Buffering": "no"}
"""A proxy that gathers answers (nginx) passes this one on as it comes."""
CHANGED = b"event: changed\ndata: .\n\n"


async def events(request: Request) -> Response:
    """Server-sent events without content. Listening is no activity: it keeps no session alive."""
    door: Door = request.app.state.door
    token = request.cookies.get(door.cookie)
    session = await door.sessions.find(token, touch=False) if token else None
    viewer = _viewer(door, session)
    if viewer is None:
        raise Denied(ErrorCode.NOT_SIGNED_IN)
    return StreamingResponse(_changes(door, viewer), media_type="text/event-stream", headers=_AT_ONCE)


async def _changes(door: Door, viewer: Viewer) -> AsyncIterator[bytes]:
    yield b"retry: 5000\n\n"
    known = await door.model.inbox_state(viewer)

    async def changed() -> bool:
        return await door.model.inbox_state(viewer) != known

    end = asyncio.get_running_loop().time() + LONGEST_SECONDS
    while (left := end - asyncio.get_running_loop().time()) > 0:
        if await door.moved.until(changed, patience=left):
            known = await door.model.inbox_state(viewer)
            yield CHANGED
        await asyncio.sleep(CALM_SECONDS)


def _viewer(door: Door, session: Session | None) -> Viewer | None:
    today = legal_day(door.clock.now())
    return viewer_of(door.directory, session.officer_id, today) if session else None


ROUTES = [Route("/events", events, methods=["GET"])]
