"""One request: who visits, in which language, what the form says; and the decorator that every page goes through."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.portal.asking import visit as asking
from services.portal.asking.visit import visitor
from services.portal.entry.csrf import SAFE, same_origin
from services.portal.entry.drafts import Draft
from services.portal.web.base.rendering import render
from services.portal.web.base.show import Show
from services.portal.web.base.texts import Texts, texts
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode

MOST_FIELDS = 260
LANGUAGE_COOKIE = "language"
DRAFTED = frozenset({"/register"})
"""Forms whose text is not lost with a session: addresses that show the draft again."""


@dataclass(slots=True)
class Visit(asking.Visit):
    """What a page works with."""

    @property
    def texts(self) -> Texts:
        """Words in the visitor's language."""
        return texts(self.request.cookies.get(LANGUAGE_COOKIE, ""))

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A rendered page."""
        common = {
            "visit": self,
            "viewer": self.viewer,
            "show": Show(self.door.directory, self.texts, self.today),
            "label": self.texts.label,
            "_": self.texts.phrase,
            "lang": self.texts.language,
            "demo": self.door.settings.demo,
            "path": self.request.url.path,
            "form_token": self.door.sessions.form_token(self.session) if self.session else "",
            "fresh_key": uuid4,
        }
        return HTMLResponse(render(template, common | values), status)


Handler = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def see(path: str) -> RedirectResponse:
    """After a POST: go and look."""
    return RedirectResponse(path, 303)


def public(handler: Handler) -> Endpoint:
    """A page for everybody."""

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        return await handler(await visit_of(request))

    return endpoint


def signed_in(handler: Handler) -> Endpoint:
    """A page for signed-in officials; others go to the sign-in page. A POST must carry its session's form token."""

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        visit = await visit_of(request)
        typed = request.method not in SAFE
        if visit.viewer is None or visit.session is None:
            kept = typed and await _kept_for(visit) is not None
            if typed and "hx-request" in request.headers:
                return Response(status_code=401)
            return see("/sign-in?kept=1" if kept else "/sign-in")
        if typed and not visit.door.sessions.form_token_fits(visit.session, visit.form.get("form_token", "")):
            author = await _kept_for(visit)
            if author == visit.viewer.officer_id:
                return see(request.url.path)
            raise Denied(ErrorCode.NOT_ALLOWED if author is None else ErrorCode.SHEET_OF_ANOTHER)
        return await handler(visit)

    return endpoint


async def _kept_for(visit: Visit) -> str | None:
    """For whom a sheet of another session, ended or not, was kept: for whoever had typed it, whoever sends it."""
    if visit.request.url.path not in DRAFTED:
        return None
    author = await visit.door.sessions.author_of(visit.form.get("form_token", ""))
    if author is not None:
        await visit.door.drafts.keep(author, Draft(visit.form, visit.against))
    return author


async def visit_of(request: Request) -> Visit:
    """Read a request.

    Raises:
        Denied: it changes something and does not come from our own pages, or its form is malformed.
    """
    if not same_origin(request.method, request.headers):
        raise Denied(ErrorCode.NOT_ALLOWED)
    visit = await visitor(Visit, request, request.cookies.get(request.app.state.door.cookie))
    if request.method not in SAFE:
        fields = await _fields(request)
        visit.form = dict(fields)
        visit.against = tuple(value.strip() for name, value in fields if name == "against" and value.strip())
    return visit


async def _fields(request: Request) -> list[tuple[str, str]]:
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise Denied(ErrorCode.INVALID)
    try:
        text = (await request.body()).decode("ascii")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise Denied(ErrorCode.INVALID) from None
