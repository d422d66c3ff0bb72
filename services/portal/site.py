"""All routes of the door."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from services.portal.api import calls
from services.portal.door import Door
from services.portal.web.base import errors, live
from services.portal.web.base.guard import Guard
from services.portal.web.base.patience import Patience
from services.portal.web.base.watch import watched
from services.portal.web.citizen import track
from services.portal.web.desk import register, registry, split
from services.portal.web.inspectorate import monitoring
from services.portal.web.leader import leader
from services.portal.web.officer import acting, alerts, cases, confirm, home
from services.portal.web.operations import demo, operations
from services.portal.web.session import sign_in
from shared.contracts.denial import Denied

_WEB = Path(__file__).parent / "web"
_MODULES = (
    sign_in, home, register, registry, confirm, split, cases, acting, alerts, live, leader, monitoring, track,
    operations,
)  # fmt: skip


async def healthz(request: Request) -> Response:
    """Whether the door and its database answer."""
    try:
        await request.app.state.door.pool.fetchval("select 1")
    except Exception:
        return PlainTextResponse("database unavailable", 503)
    return PlainTextResponse("ok")


def site(door: Door) -> ASGIApp:
    """The ASGI application; the demo console is not installed in production."""
    modules: list[Any] = [*_MODULES, calls, *([demo] if door.settings.demo else [])]
    handlers: dict[Any, Callable[..., Any]] = {
        Denied: errors.refused,
        HTTPException: errors.missing,
        Exception: errors.broken,
    }
    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            Mount("/assets", StaticFiles(directory=_WEB / "assets")),
            Mount("/static", StaticFiles(directory=_WEB / "static", check_dir=False)),
            *(route for module in modules for route in module.ROUTES),
        ],
        exception_handlers=handlers,
        middleware=[Middleware(Patience)],
    )
    app.state.door = door
    return watched(Guard(app, secure=door.settings.secure))
