"""Around every answer: headers that keep a browser from leaking, a limit on bodies, no exception's text outside."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.messaging.connection.failures import code_of
from shared.telemetry.logs import get_logger

BODY_LIMIT = 2_500_000
"""Bytes; a letter of 200,000 Vietnamese characters in a form takes up to nine bytes each."""
_STATIC = ("/static/", "/assets/")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_PLAIN = b"Co loi trong he thong. Hay thu lai sau it phut."

log = get_logger()


class Guard:
    """Wraps the whole site."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = _HEADERS | (
            {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if secure else {}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        started = False
        cache = "public, max-age=3600" if scope["path"].startswith(_STATIC) else "no-store"

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers["Cache-Control"] = cache
            await send(message)

        try:
            await self._app(scope, _bounded(receive), guarded)
        except Exception as error:
            log.exception("page.failed", error_code=code_of(error), method=scope["method"])
            if not started:
                await guarded({"type": "http.response.start", "status": 500, "headers": []})
                await guarded({"type": "http.response.body", "body": _PLAIN})


def _bounded(receive: Receive) -> Receive:
    left = BODY_LIMIT

    async def bounded() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise Denied(ErrorCode.TOO_LARGE)
        return message

    return bounded
