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

from services.portal import api
from services.portal.door import Door
from services.portal.web import (
    acting,
    alerts,
    cases,
    confirm,
    demo,
    errors,
    home,
    leader,
    live,
    monitoring,
    operations,
    register,
    registry,
    sign_in,
    split,
    track,
)
from services.portal.web.guard import Guard
from services.portal.web.patience import Patience
from services.portal.web.watch import watched
from shared.contracts.denial import Denied

_HERE = Path(__file__).parent
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
    modules: list[Any] = [*_MODULES, api, *([demo] if door.settings.demo else [])]
    handlers: dict[Any, Callable[..., Any]] = {
        Denied: errors.refused, HTTPException: errors.missing, Exception: errors.broken,
    }  # fmt: skip
    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            Mount("/assets", StaticFiles(directory=_HERE / "assets")),
            Mount("/static", StaticFiles(directory=_HERE / "static", check_dir=False)),
            *(route for module in modules for route in module.ROUTES),
        ],
        exception_handlers=handlers,
        middleware=[Middleware(Patience)],
    )
    app.state.door = door
    return watched(Guard(app, secure=door.settings.secure))
