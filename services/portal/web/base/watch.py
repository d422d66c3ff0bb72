"""How long requests take, and the first span of what they start; by route, never by address."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry.metrics import metrics_exported, observe
from shared.telemetry.tracing import SpanKind, span, tracing_exported

_FILES = ("/static/", "/assets/")
_FILE = "/static/{file}"
_NOWHERE = "/{unknown}"


def watched(app: ASGIApp) -> ASGIApp:
    """`app`, measured; `app` itself when nobody collects."""
    if not (tracing_exported() or metrics_exported()):
        return app

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        with span("http.request", kind=SpanKind.SERVER, method=scope["method"]) as step:

            async def seen(message: Message) -> None:
                if message["type"] == "http.response.start":
                    labels = {"method": scope["method"], "route": route_of(scope), "status_code": message["status"]}
                    step.set(**labels)
                    observe("http.request", (time.perf_counter() - began) * 1000, **labels)
                await send(message)

            await app(scope, receive, seen)

    return answer


def route_of(scope: Scope) -> str:
    """The route's template: what was put in its places is not told."""
    path = str(scope["path"])
    if path.startswith(_FILES):
        return _FILE
    if "endpoint" not in scope:
        return _NOWHERE
    places = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(places.get(part, part) for part in path.split("/"))
