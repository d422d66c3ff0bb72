"""The JSON API: the same commands and the same policy as the pages; typed errors {code, field, position, message}."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import wraps
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid4

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.portal.csrf import same_origin
from services.portal.gateway import Arrival, Signature
from services.portal.store import Row
from services.portal.web.cases import found, listing_of
from services.portal.web.sign_in import authenticate
from services.portal.web.visit import Visit, visitor
from shared.contracts.base import Protected
from shared.contracts.intake import Letter
from shared.contracts.refusal import Refused
from shared.contracts.routing import ConfirmItem
from shared.contracts.vocabulary import DirectoryId, ErrorCode, Kind, Purpose
from shared.security.codes import grouped

JSON = "application/json"
_PRIVATE = frozenset({"audience", "hidden_from", "alerted"})
"""Columns that say from whom a case is hidden; nobody needs them."""
B = TypeVar("B", bound=BaseModel)
Call = Callable[[Visit], Awaitable[Response]]


class Credentials(Protected):
    """Who wants a session."""

    username: Annotated[str, Field(max_length=60)]
    password: Annotated[str, Field(max_length=200)]


class Petition(Protected):
    """A letter as the desk sends it."""

    received_on: date
    letter_on: date | None = None
    postmark_on: date | None = None
    kind_ticked: Kind | None = None
    against: Annotated[list[DirectoryId], Field(max_length=20)] = Field(default_factory=list)
    signed: bool = True
    letter: Letter


class Body(BaseModel):
    """What a command on a case says."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Confirmation(Body):
    """Confirms the proposal as it is, or with what is given instead."""

    version: Annotated[int, Field(ge=0)]
    kind: Kind | None = None
    level: Annotated[int, Field(ge=1, le=2)] | None = None
    competent_authority_id: DirectoryId | None = None
    holder_id: DirectoryId | None = None


class Takeover(Body):
    """Takes a case over."""

    version: Annotated[int, Field(ge=0)]
    nothing_bars_me: bool


class Acceptance(Body):
    """Signs an acceptance."""

    version: Annotated[int, Field(ge=0)]
    document_number: str
    accepted_on: date


def _call(handler: Call, *, anybody: bool = False) -> Callable[[Request], Awaitable[Response]]:
    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            visit = await visitor(request, bearer.strip())
        elif same_origin(request.method, request.headers):
            visit = await visitor(request, request.cookies.get(request.app.state.door.cookie))
        else:
            raise Refused(ErrorCode.NOT_ALLOWED)
        if not anybody and visit.viewer is None:
            raise Refused(ErrorCode.NOT_SIGNED_IN)
        return await handler(visit)

    return endpoint


async def _body(visit: Visit, model: type[B]) -> B:
    if visit.request.headers.get("content-type", "").partition(";")[0].strip() != JSON:
        raise Refused(ErrorCode.INVALID, field="content_type")
    try:
        return model.model_validate_json(await visit.request.body())
    except ValidationError as error:
        location = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
        names = [part for part in location if isinstance(part, str) and part in _names(model)]
        raise Refused(ErrorCode.INVALID, field=names[-1] if names else None) from None


def _names(model: type[BaseModel]) -> set[str]:
    return {*model.model_fields, *Letter.model_fields}


def _signature(visit: Visit, *, required: bool = False) -> Signature:
    """The person, and the key of the header; a command without one gets a key of its own."""
    header = visit.request.headers.get("idempotency-key")
    try:
        key = uuid4() if header is None and not required else UUID(header or "")
    except ValueError:
        raise Refused(ErrorCode.INVALID, field="idempotency_key") from None
    visit.form = {"key": str(key)}
    return visit.signature()


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content, default=str), status, media_type=JSON)


def _shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _PRIVATE}


async def start_session(visit: Visit) -> Response:
    """POST /sessions: a token for `Authorization: Bearer`."""
    given = await _body(visit, Credentials)
    token = await authenticate(visit, given.username, given.password)
    return _json({"session": token, "officer_id": given.username}, 201)


async def end_session(visit: Visit) -> Response:
    """DELETE /sessions: the session of this request ends."""
    if visit.session:
        await visit.door.sessions.end(visit.session)
    return Response(status_code=204)


async def register(visit: Visit) -> Response:
    """POST /petitions: registered and receipted; the same key gets the same receipt."""
    signature = _signature(visit, required=True)
    given = await _body(visit, Petition)
    arrival = Arrival(
        given.received_on, given.letter_on, given.postmark_on, given.kind_ticked, tuple(given.against), given.signed
    )
    done = await visit.door.gateway.register(signature, arrival, given.letter)
    return _json({"case_id": done.case_id, "version": done.version, "receipt_code": grouped(done.code)}, 201)


async def cases(visit: Visit) -> Response:
    """GET /cases?view=mine|unit|confirm|all&number=&after=: what the viewer may see, nearest due first."""
    query = visit.request.query_params
    number = query.get("number", "").strip().upper()[:20]
    chosen = listing_of(visit.person, query.get("view", "all"), number)
    page = await visit.door.model.cases(visit.person, chosen, query.get("after", ""))
    return _json({"cases": [_shown(row) for row in page.rows], "next": page.next})


async def case(visit: Visit) -> Response:
    """GET /cases/{case_id}: with clocks and timeline."""
    return _json(_shown(await found(visit)))


async def confirm(visit: Visit) -> Response:
    """POST /cases/{case_id}/confirm."""
    row, given = await found(visit), await _body(visit, Confirmation)
    wanted = {name: getattr(given, name) or row[name] for name in ("kind", "competent_authority_id", "holder_id")}
    for name, value in wanted.items():
        if value is None:
            raise Refused(ErrorCode.INVALID, field=name)
    item = ConfirmItem(
        case_id=row["case_id"], expected_version=given.version, level=given.level or row["level"], **wanted
    )
    return _done(row, await visit.door.gateway.confirm(_signature(visit), item))


async def take_over(visit: Visit) -> Response:
    """POST /cases/{case_id}/take-over."""
    row, given = await found(visit), await _body(visit, Takeover)
    version = await visit.door.gateway.take_over(
        _signature(visit), row["case_id"], given.version, given.nothing_bars_me
    )
    return _done(row, version)


async def accept(visit: Visit) -> Response:
    """POST /cases/{case_id}/accept."""
    row, given = await found(visit), await _body(visit, Acceptance)
    version = await visit.door.gateway.accept(
        _signature(visit), row["case_id"], given.version, given.document_number, given.accepted_on
    )
    return _done(row, version)


async def open_text(visit: Visit) -> Response:
    """POST /cases/{case_id}/text: the working text; recorded before it is answered."""
    row = await found(visit)
    purpose = Purpose.CLASSIFY if row["stage"] == "proposed" else Purpose.RESOLVE
    return _json({"text": await visit.door.gateway.working_text(_signature(visit), row["case_id"], purpose)})


async def alerts(visit: Visit) -> Response:
    """GET /alerts?after=: what waits for the viewer's acknowledgement, oldest first."""
    page = await visit.door.model.alerts_waiting(visit.person, visit.request.query_params.get("after", ""))
    return _json({"alerts": page.rows, "next": page.next})


async def acknowledge(visit: Visit) -> Response:
    """POST /alerts/{alert_id}/acknowledge."""
    try:
        alert_id = UUID(visit.request.path_params["alert_id"])
    except ValueError:
        raise Refused(ErrorCode.NOT_FOUND) from None
    if not await visit.door.model.owns_alert(visit.person, alert_id):
        raise Refused(ErrorCode.NOT_FOUND)
    await visit.door.gateway.acknowledge(_signature(visit), alert_id)
    return _json({"alert_id": alert_id})


def _done(row: Row, version: int) -> Response:
    return _json({"case_id": row["case_id"], "version": version})


_V1 = "/api/v1"
ROUTES = [
    Route(f"{_V1}/sessions", _call(start_session, anybody=True), methods=["POST"]),
    Route(f"{_V1}/sessions", _call(end_session), methods=["DELETE"]),
    Route(f"{_V1}/petitions", _call(register), methods=["POST"]),
    Route(f"{_V1}/cases", _call(cases), methods=["GET"]),
    Route(f"{_V1}/cases/{{case_id}}", _call(case), methods=["GET"]),
    Route(f"{_V1}/cases/{{case_id}}/confirm", _call(confirm), methods=["POST"]),
    Route(f"{_V1}/cases/{{case_id}}/take-over", _call(take_over), methods=["POST"]),
    Route(f"{_V1}/cases/{{case_id}}/accept", _call(accept), methods=["POST"]),
    Route(f"{_V1}/cases/{{case_id}}/text", _call(open_text), methods=["POST"]),
    Route(f"{_V1}/alerts", _call(alerts), methods=["GET"]),
    Route(f"{_V1}/alerts/{{alert_id}}/acknowledge", _call(acknowledge), methods=["POST"]),
]
