"""One request: who visits, in which language, what the form says; and the decorator that every page goes through."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.portal.csrf import SAFE, same_origin
from services.portal.door import Door
from services.portal.drafts import Draft
from services.portal.gateway import Signature
from services.portal.policy import Viewer, viewer_of
from services.portal.sessions import Session
from services.portal.source import source_of
from services.portal.web.rendering import render
from services.portal.web.show import Show
from services.portal.web.texts import Texts, texts
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.law.day import legal_day

MOST_FIELDS = 260
LANGUAGE_COOKIE = "language"
DRAFTED = frozenset({"/register"})
"""Forms whose text is not lost with a session: addresses that show the draft again."""


@dataclass(slots=True)
class Visit:
    """What a page works with."""

    request: Request
    door: Door
    now: datetime
    session: Session | None
    viewer: Viewer | None
    form: Mapping[str, str] = field(default_factory=dict)
    against: tuple[str, ...] = ()
    traceparent: str | None = None
    """Of the case of the address: what is done here goes on with its trace."""

    @property
    def today(self) -> date:
        """The legal day (Asia/Ho_Chi_Minh) of case time."""
        return legal_day(self.now)

    @property
    def texts(self) -> Texts:
        """Words in the visitor's language."""
        return texts(self.request.cookies.get(LANGUAGE_COOKIE, ""))

    @property
    def person(self) -> Viewer:
        """The signed-in official.

        Raises:
            Denied: nobody is signed in.
        """
        if self.viewer is None:
            raise Denied(ErrorCode.NOT_SIGNED_IN)
        return self.viewer

    @property
    def source(self) -> str:
        """Where the request comes from, for limits only."""
        peer = self.request.client.host if self.request.client else ""
        return source_of(peer, self.request.headers.getlist("x-forwarded-for"), self.door.settings.trusted_proxies)

    def signature(self) -> Signature:
        """The person and the form's idempotency key."""
        return self._signed(self.uuid("key"))

    def fresh_signature(self) -> Signature:
        """The person, and a key of its own for a question that the form did not ask."""
        return self._signed(uuid4())

    def _signed(self, key: UUID) -> Signature:
        if self.session is None:
            raise Denied(ErrorCode.NOT_SIGNED_IN)
        return Signature(self.person, self.session.session_id, key, self.traceparent)

    def uuid(self, name: str) -> UUID:
        """A form field that holds an id.

        Raises:
            Denied: it does not.
        """
        try:
            return UUID(self.form.get(name, ""))
        except ValueError:
            raise Denied(ErrorCode.INVALID, field=name) from None

    def number(self, name: str) -> int:
        """A form field that holds a version.

        Raises:
            Denied: it does not.
        """
        value = self.form.get(name, "")
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise Denied(ErrorCode.INVALID, field=name)
        return int(value)

    def day(self, name: str) -> date | None:
        """A form field that holds a date, ISO or dd/mm/yyyy, or nothing.

        Raises:
            Denied: it holds something else.
        """
        text = self.form.get(name, "").strip()
        if not text:
            return None
        parts = text.split("/")
        try:
            return date.fromisoformat("-".join((parts[2], parts[1].zfill(2), parts[0].zfill(2))) if parts[2:] else text)
        except (ValueError, IndexError):
            raise Denied(ErrorCode.INVALID, field=name) from None

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
    visit = await visitor(request, request.cookies.get(request.app.state.door.cookie))
    if request.method not in SAFE:
        fields = await _fields(request)
        visit.form = dict(fields)
        visit.against = tuple(value.strip() for name, value in fields if name == "against" and value.strip())
    return visit


async def visitor(request: Request, token: str | None) -> Visit:
    """Who visits; nothing of what the request says is believed but its session."""
    door: Door = request.app.state.door
    now = door.clock.now()
    session = await door.sessions.find(token) if token else None
    today = legal_day(now)
    viewer = viewer_of(door.directory, session.officer_id, today) if session else None
    return Visit(request, door, now, session, viewer)


async def _fields(request: Request) -> list[tuple[str, str]]:
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise Denied(ErrorCode.INVALID)
    try:
        text = (await request.body()).decode("ascii")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise Denied(ErrorCode.INVALID) from None
