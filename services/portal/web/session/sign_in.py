"""Signing in and out, and the language of the pages."""

from starlette.responses import Response
from starlette.routing import Route

from services.portal.asking.authentication import authenticate
from services.portal.entry import accounts
from services.portal.web.base.texts import DEFAULT, LANGUAGES
from services.portal.web.base.visit import LANGUAGE_COOKIE, Visit, public, see, signed_in
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng. Hãy thử lại."
A_YEAR = 365 * 24 * 3600


@public
async def form(visit: Visit) -> Response:
    """The sign-in page; `?as=` only fills in a demo account's name."""
    if visit.viewer:
        return see("/")
    asked = visit.request.query_params
    return _page(visit, username=asked.get("as", "")[:60], kept="kept" in asked)


@public
async def sign_in(visit: Visit) -> Response:
    """Start a session."""
    username = visit.form.get("username", "").strip()
    try:
        token = await authenticate(visit, username, visit.form.get("password", ""))
    except Denied as denied:
        wrong = denied.error.code is ErrorCode.NOT_ALLOWED
        error = visit.texts.phrase(WRONG) if wrong else visit.texts.label("error", denied.code)
        return _page(visit, username, error, 403 if wrong else 429)
    session = await visit.door.sessions.find(token)
    typed = session and await visit.door.drafts.of(session.officer_id)
    response = see("/register" if typed else "/")
    response.set_cookie(
        visit.door.cookie, token, httponly=True, samesite="lax", secure=visit.door.settings.secure, path="/"
    )
    return response


@signed_in
async def sign_out(visit: Visit) -> Response:
    """End the session."""
    if visit.session:
        await visit.door.sessions.end(visit.session)
        await visit.door.drafts.drop(visit.session.officer_id)
    response = see("/sign-in")
    response.delete_cookie(
        visit.door.cookie, httponly=True, samesite="lax", secure=visit.door.settings.secure, path="/"
    )
    return response


@signed_in
async def alive(visit: Visit) -> Response:
    """Somebody types: the session was touched when it was found."""
    return Response(status_code=204)


@public
async def language(visit: Visit) -> Response:
    """Choose the language of the pages."""
    chosen, back = visit.form.get("to", ""), visit.form.get("back", "/")
    response = see(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")
    response.set_cookie(
        LANGUAGE_COOKIE,
        chosen if chosen in LANGUAGES else DEFAULT,
        max_age=A_YEAR,
        httponly=True,
        samesite="lax",
        secure=visit.door.settings.secure,
    )
    return response


def _page(visit: Visit, username: str, error: str = "", status: int = 200, *, kept: bool = False) -> Response:
    shown = visit.door.settings.demo_accounts
    listed = accounts.demo_list(visit.door.directory, visit.today) if shown else []
    persons = accounts.demo_cast(visit.door.directory, visit.today) if shown else []
    return visit.page(
        "sign_in.html", status, username=username, error=error, kept=kept, accounts=listed, persons=persons,
        password=accounts.DEMO_PASSWORD,
    )  # fmt: skip


ROUTES = [
    Route("/sign-in", form, methods=["GET"]),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/alive", alive, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
    Route("/language", language, methods=["POST"]),
]
