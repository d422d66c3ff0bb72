"""The JSON API: the same commands and the same policy as the pages; typed errors {code, field, position, message}."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID, uuid4

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.portal.csrf import same_origin
from services.portal.gateway import Receipted, Signature
from services.portal.store import Row
from services.portal.web.acts import ACTS, command_of
from services.portal.web.asked import (
    Confirmation,
    ConfirmationOf,
    Confirmations,
    Credentials,
    Opening,
    Petition,
    Separation,
    SlipOrder,
)
from services.portal.web.cases import found, listing_of, purpose_of
from services.portal.web.confirm import version_of
from services.portal.web.heirs import told
from services.portal.web.pins import drawn_pin
from services.portal.web.sign_in import authenticate
from services.portal.web.visit import Visit, visitor
from shared.contracts.denial import Denied
from shared.contracts.intake import Letter, OpenBox, Part
from shared.contracts.routing import ConfirmItem, ItemResult
from shared.contracts.vocabulary import ErrorCode
from shared.security.codes import grouped

JSON = "application/json"
_PRIVATE = frozenset({"audience", "excluded", "alerted", "traceparent"})
"""Columns that say from whom a case is hidden, and its trace; nobody needs them."""
B = TypeVar("B", bound=BaseModel)
Call = Callable[[Visit], Awaitable[Response]]


def _call(handler: Call, *, anybody: bool = False) -> Callable[[Request], Awaitable[Response]]:
    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            visit = await visitor(request, bearer.strip())
        elif same_origin(request.method, request.headers):
            visit = await visitor(request, request.cookies.get(request.app.state.door.cookie))
        else:
            raise Denied(ErrorCode.NOT_ALLOWED)
        if not anybody and visit.viewer is None:
            raise Denied(ErrorCode.NOT_SIGNED_IN)
        return await handler(visit)

    return endpoint


async def _body(visit: Visit, model: type[B]) -> B:
    try:
        return model.model_validate_json(await _bytes(visit))
    except ValidationError as error:
        raise Denied(ErrorCode.INVALID, field=_place(error, model)) from None


async def _object(visit: Visit) -> dict[str, Any]:
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


def _place(error: ValidationError, model: type[BaseModel]) -> str | None:
    """The field at fault, named only when it is one of ours."""
    location = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
    known = {*model.model_fields, *Letter.model_fields, *ConfirmationOf.model_fields, *Part.model_fields}
    names = [part for part in location if isinstance(part, str) and part in known]
    return names[-1] if names else None


def _signature(visit: Visit, *, required: bool = False) -> Signature:
    """The person, and the key of the header; a command without one gets a key of its own."""
    header = visit.request.headers.get("idempotency-key")
    try:
        key = uuid4() if header is None and not required else UUID(header or "")
    except ValueError:
        raise Denied(ErrorCode.INVALID, field="idempotency_key") from None
    visit.form = {"key": str(key)}
    return visit.signature()


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content, default=str), status, media_type=JSON)


def _shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _PRIVATE}


async def start_session(visit: Visit) -> Response:
    """POST /sessions: a token for `Authorization: Bearer`."""
    given = await _body(visit, Credentials)
    token = await authenticate(visit, given.username.strip(), given.password)
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
    letter = given.letter.model_copy(update={"forwarding_number": given.forwarding_number})
    try:
        done = await visit.door.gateway.register(signature, given.channel, given, letter, given.slip)
    except Denied as denied:
        raise told(visit.door.directory, denied, given.against, given.received_on) from None
    return _json(_receipt(done), 201)


async def split(visit: Visit) -> Response:
    """POST /cases/{case_id}/split: one receipt per content; a PIN that was drawn is answered with them."""
    row, signature = await found(visit), _signature(visit, required=True)
    given = await _body(visit, Separation)
    pin = given.pin or drawn_pin(visit.door.pin_key, signature.key)
    done = await visit.door.gateway.split(signature, row["case_id"], given.parts, pin)
    drawn = {} if given.pin else {"pin": pin}
    return _json({"parts": [_receipt(each) | drawn for each in done]}, 201)


async def issue_slips(visit: Visit) -> Response:
    """POST /slips: numbers of fresh slips of the viewer's registry."""
    given = await _body(visit, SlipOrder)
    return _json({"slips": await visit.door.gateway.issue_slips(_signature(visit, required=True), given.count)}, 201)


async def open_box(visit: Visit) -> Response:
    """POST /boxes: minutes of an opening at the viewer's authority; letters are registered with the box's id."""
    given = await _body(visit, Opening)
    command = OpenBox(authority_id=visit.person.authority_id, **given.model_dump())
    return _json({"box_id": await visit.door.gateway.open_box(_signature(visit, required=True), command)}, 201)


async def cases(visit: Visit) -> Response:
    """GET /cases?view=mine|unit|confirm|incoming|sign|all|ended&number=&after=: visible ones, nearest due first."""
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
    [result] = await visit.door.gateway.confirm(_signature(visit), [_item(row, given)])
    return _done(row, version_of(result))


async def confirm_many(visit: Visit) -> Response:
    """POST /confirmations: one result per item in the order asked; an item's denied leaves the others alone."""
    given = (await _body(visit, Confirmations)).items
    rows = await visit.door.model.cases_by_id(visit.person, [each.case_id for each in given])
    results: dict[UUID, ItemResult] = {}
    items: list[ConfirmItem] = []
    for each in given:
        try:
            if each.case_id not in rows:
                raise Denied(ErrorCode.NOT_FOUND)
            items.append(_item(rows[each.case_id], each))
        except Denied as denied:
            results[each.case_id] = ItemResult(case_id=each.case_id, error=denied.error)
    if items:
        decided = await visit.door.gateway.confirm(_signature(visit), items)
        results |= {result.case_id: result for result in decided}
    return _json({"results": [results[each.case_id].model_dump(mode="json") for each in given]})


def _item(row: Row, given: Confirmation) -> ConfirmItem:
    """The proposal, with what is given instead.

    Raises:
        Denied: something is neither proposed nor given.
    """
    wanted = {name: getattr(given, name) or row[name] for name in ("kind", "competent_authority_id", "holder_id")}
    for name, value in wanted.items():
        if value is None:
            raise Denied(ErrorCode.INVALID, field=name)
    return ConfirmItem(
        case_id=row["case_id"],
        expected_version=given.version,
        level=given.level or row["level"],
        nobody_denounced=given.nobody_denounced,
        **wanted,
    )


async def act(visit: Visit) -> Response:
    """POST /cases/{case_id}/{act}: the fields of the act's contract, `version` for the expected version."""
    row, chosen = await found(visit), ACTS.get(visit.request.path_params["act"])
    if chosen is None:
        raise Denied(ErrorCode.NOT_FOUND)
    given = await _object(visit)
    version = given.pop("version", None)
    unknown = given.keys() - (chosen.command.model_fields.keys() - {"case_id", "expected_version"})
    if unknown:
        raise Denied(ErrorCode.INVALID)
    if chosen.name == "correct-receipt" and isinstance(reason := given.get("reason"), str):
        given["reason"] = visit.door.gateway.sealed_reason(reason)
    try:
        command = command_of(chosen, row, version, given)
    except ValidationError as error:
        place = _place(error, chosen.command)
        raise Denied(ErrorCode.INVALID, field="version" if place == "expected_version" else place) from None
    try:
        return _done(row, await visit.door.gateway.act(_signature(visit), command))
    except Denied as denied:
        named = [value for value in given.values() if isinstance(value, str)]
        raise told(visit.door.directory, denied, named, visit.today) from None


async def open_text(visit: Visit) -> Response:
    """POST /cases/{case_id}/text: the working text; recorded before it is answered."""
    row = await found(visit)
    text = await visit.door.gateway.working_text(_signature(visit), row["case_id"], purpose_of(row))
    return _json({"text": text})


async def alerts(visit: Visit) -> Response:
    """GET /alerts?after=: what waits for the viewer's acknowledgement, oldest first."""
    page = await visit.door.model.alerts_waiting(visit.person, visit.request.query_params.get("after", ""))
    return _json({"alerts": page.rows, "next": page.next})


async def acknowledge(visit: Visit) -> Response:
    """POST /alerts/{alert_id}/acknowledge."""
    try:
        alert_id = UUID(visit.request.path_params["alert_id"])
    except ValueError:
        raise Denied(ErrorCode.NOT_FOUND) from None
    if not await visit.door.model.owns_alert(visit.person, alert_id):
        raise Denied(ErrorCode.NOT_FOUND)
    await visit.door.gateway.acknowledge(_signature(visit), alert_id)
    return _json({"alert_id": alert_id})


def _done(row: Row, version: int) -> Response:
    return _json({"case_id": row["case_id"], "version": version})


def _receipt(done: Receipted) -> dict[str, Any]:
    return {"case_id": done.case_id, "version": done.version, "receipt_code": grouped(done.code)}


_V1 = "/api/v1"
ROUTES = [
    Route(f"{_V1}/sessions", _call(start_session, anybody=True), methods=["POST"]),
    Route(f"{_V1}/sessions", _call(end_session), methods=["DELETE"]),
    Route(f"{_V1}/petitions", _call(register), methods=["POST"]),
    Route(f"{_V1}/cases", _call(cases), methods=["GET"]),
    Route(f"{_V1}/cases/{{case_id}}", _call(case), methods=["GET"]),
    Route(f"{_V1}/cases/{{case_id}}/confirm", _call(confirm), methods=["POST"]),
    Route(f"{_V1}/cases/{{case_id}}/split", _call(split), methods=["POST"]),
    Route(f"{_V1}/cases/{{case_id}}/text", _call(open_text), methods=["POST"]),
    Route(f"{_V1}/cases/{{case_id}}/{{act}}", _call(act), methods=["POST"]),
    Route(f"{_V1}/confirmations", _call(confirm_many), methods=["POST"]),
    Route(f"{_V1}/slips", _call(issue_slips), methods=["POST"]),
    Route(f"{_V1}/boxes", _call(open_box), methods=["POST"]),
    Route(f"{_V1}/alerts", _call(alerts), methods=["GET"]),
    Route(f"{_V1}/alerts/{{alert_id}}/acknowledge", _call(acknowledge), methods=["POST"]),
]
