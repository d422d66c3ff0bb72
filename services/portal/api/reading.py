"""How a call is read and answered: the session or bearer token, the JSON body, the key of a command."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID, uuid4

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from services.portal.api.asked import ConfirmationOf
from services.portal.asking.visit import Visit, visitor
from services.portal.entry.csrf import same_origin
from services.portal.gateway import Signature
from services.portal.store import Row
from shared.contracts.denial import Denied
from shared.contracts.intake import Letter, Part
from shared.contracts.vocabulary import ErrorCode

JSON = "application/json"
_PRIVATE = frozenset({"audience", "excluded", "alerted", "traceparent"})
"""Columns that say from whom a case is hidden, and its trace; nobody needs them."""
B = TypeVar("B", bound=BaseModel)
Call = Callable[[Visit], Awaitable[Response]]


def call(handler: Call, *, anybody: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for whoever is signed in, or for `anybody`."""

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            visit = await visitor(Visit, request, bearer.strip())
        elif same_origin(request.method, request.headers):
            visit = await visitor(Visit, request, request.cookies.get(request.app.state.door.cookie))
        else:
            raise Denied(ErrorCode.NOT_ALLOWED)
        if not anybody and visit.viewer is None:
            raise Denied(ErrorCode.NOT_SIGNED_IN)
        return await handler(visit)

    return endpoint


async def body_of(visit: Visit, model: type[B]) -> B:
    """The body as this model.

    Raises:
        Denied: it does not fit; with the field.
    """
    try:
        return model.model_validate_json(await _bytes(visit))
    except ValidationError as error:
        raise Denied(ErrorCode.INVALID, field=place_of(error, model)) from None


async def object_of(visit: Visit) -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        Denied: it is none.
    """
    try:
        given = orjson.loads(await _bytes(visit))
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise Denied(ErrorCode.INVALID)
    return given


async def _bytes(visit: Visit) -> bytes:
    if visit.request.headers.get("content-type", "").partition(";")[0].strip() != JSON:
        raise Denied(ErrorCode.INVALID, field="content_type")
    return await visit.request.body()


def place_of(error: ValidationError, model: type[BaseModel]) -> str | None:
    """The field at fault, named only when it is one of ours."""
    location = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
    known = {*model.model_fields, *Letter.model_fields, *ConfirmationOf.model_fields, *Part.model_fields}
    names = [part for part in location if isinstance(part, str) and part in known]
    return names[-1] if names else None


def signature_of(visit: Visit, *, required: bool = False) -> Signature:
    """The person, and the key of the header; a command without one gets a key of its own."""
    header = visit.request.headers.get("idempotency-key")
    try:
        key = uuid4() if header is None and not required else UUID(header or "")
    except ValueError:
        raise Denied(ErrorCode.INVALID, field="idempotency_key") from None
    visit.form = {"key": str(key)}
    return visit.signature()


def answer(content: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(content, default=str), status, media_type=JSON)


def shown(row: Row) -> Row:
    """A row without what says from whom it is hidden."""
    return {name: value for name, value in row.items() if name not in _PRIVATE}
