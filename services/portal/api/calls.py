"""The JSON API: the same commands and the same policy as the pages; typed errors {code, field, position, message}."""

from typing import Any
from uuid import UUID

from pydantic import ValidationError
from starlette.responses import Response
from starlette.routing import Route

from services.portal.api.asked import (
    Confirmation,
    Confirmations,
    Credentials,
    Opening,
    Petition,
    Separation,
    SlipOrder,
)
from services.portal.api.reading import answer, body_of, call, object_of, place_of, shown, signature_of
from services.portal.asking.acts import ACTS, command_of
from services.portal.asking.authentication import authenticate
from services.portal.asking.cases import found, listing_of, purpose_of, version_of
from services.portal.asking.heirs import told
from services.portal.asking.pins import drawn_pin
from services.portal.asking.visit import Visit
from services.portal.gateway import Receipted
from services.portal.store import Row
from shared.contracts.denial import Denied
from shared.contracts.intake import OpenBox
from shared.contracts.routing import ConfirmItem, ItemResult
from shared.contracts.vocabulary import ErrorCode
from shared.security.codes import grouped


async def start_session(visit: Visit) -> Response:
    """POST /sessions: a token for `Authorization: Bearer`."""
    given = await body_of(visit, Credentials)
    token = await authenticate(visit, given.username.strip(), given.password)
    return answer({"session": token, "officer_id": given.username}, 201)


async def end_session(visit: Visit) -> Response:
    """DELETE /sessions: the session of this request ends."""
    if visit.session:
        await visit.door.sessions.end(visit.session)
    return Response(status_code=204)


async def register(visit: Visit) -> Response:
    """POST /petitions: registered and receipted; the same key gets the same receipt."""
    signature = signature_of(visit, required=True)
    given = await body_of(visit, Petition)
    letter = given.letter.model_copy(update={"forwarding_number": given.forwarding_number})
    try:
        done = await visit.door.gateway.register(signature, given.channel, given, letter, given.slip)
    except Denied as denied:
        raise told(visit.door.directory, denied, given.against, given.received_on) from None
    return answer(_receipt(done), 201)


async def split(visit: Visit) -> Response:
    """POST /cases/{case_id}/split: one receipt per content; a PIN that was drawn is answered with them."""
    row, signature = await found(visit), signature_of(visit, required=True)
    given = await body_of(visit, Separation)
    pin = given.pin or drawn_pin(visit.door.pin_key, signature.key)
    done = await visit.door.gateway.split(signature, row["case_id"], given.parts, pin)
    drawn = {} if given.pin else {"pin": pin}
    return answer({"parts": [_receipt(each) | drawn for each in done]}, 201)


async def issue_slips(visit: Visit) -> Response:
    """POST /slips: numbers of fresh slips of the viewer's registry."""
    given = await body_of(visit, SlipOrder)
    return answer({"slips": await visit.door.gateway.issue_slips(signature_of(visit, required=True), given.count)}, 201)


async def open_box(visit: Visit) -> Response:
    """POST /boxes: minutes of an opening at the viewer's authority; letters are registered with the box's id."""
    given = await body_of(visit, Opening)
    command = OpenBox(authority_id=visit.person.authority_id, **given.model_dump())
    return answer({"box_id": await visit.door.gateway.open_box(signature_of(visit, required=True), command)}, 201)


async def cases(visit: Visit) -> Response:
    """GET /cases?view=mine|unit|confirm|incoming|sign|all|ended&number=&after=: visible ones, nearest due first."""
    query = visit.request.query_params
    number = query.get("number", "").strip().upper()[:20]
    chosen = listing_of(visit.person, query.get("view", "all"), number)
    page = await visit.door.model.cases(visit.person, chosen, query.get("after", ""))
    return answer({"cases": [shown(row) for row in page.rows], "next": page.next})


async def case(visit: Visit) -> Response:
    """GET /cases/{case_id}: with clocks and timeline."""
    return answer(shown(await found(visit)))


async def confirm(visit: Visit) -> Response:
    """POST /cases/{case_id}/confirm."""
    row, given = await found(visit), await body_of(visit, Confirmation)
    [result] = await visit.door.gateway.confirm(signature_of(visit), [_item(row, given)])
    return _done(row, version_of(result))


async def confirm_many(visit: Visit) -> Response:
    """POST /confirmations: one result per item in the order asked; an item's denied leaves the others alone."""
    given = (await body_of(visit, Confirmations)).items
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
        decided = await visit.door.gateway.confirm(signature_of(visit), items)
        results |= {result.case_id: result for result in decided}
    return answer({"results": [results[each.case_id].model_dump(mode="json") for each in given]})


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
    given = await object_of(visit)
    version = given.pop("version", None)
    unknown = given.keys() - (chosen.command.model_fields.keys() - {"case_id", "expected_version"})
    if unknown:
        raise Denied(ErrorCode.INVALID)
    if chosen.name == "correct-receipt" and isinstance(reason := given.get("reason"), str):
        given["reason"] = visit.door.gateway.sealed_reason(reason)
    try:
        command = command_of(chosen, row, version, given)
    except ValidationError as error:
        place = place_of(error, chosen.command)
        raise Denied(ErrorCode.INVALID, field="version" if place == "expected_version" else place) from None
    try:
        return _done(row, await visit.door.gateway.act(signature_of(visit), command))
    except Denied as denied:
        named = [value for value in given.values() if isinstance(value, str)]
        raise told(visit.door.directory, denied, named, visit.today) from None


async def open_text(visit: Visit) -> Response:
    """POST /cases/{case_id}/text: the working text; recorded before it is answered."""
    row = await found(visit)
    text = await visit.door.gateway.working_text(signature_of(visit), row["case_id"], purpose_of(row))
    return answer({"text": text})


async def alerts(visit: Visit) -> Response:
    """GET /alerts?after=: what waits for the viewer's acknowledgement, oldest first."""
    page = await visit.door.model.alerts_waiting(visit.person, visit.request.query_params.get("after", ""))
    return answer({"alerts": page.rows, "next": page.next})


async def acknowledge(visit: Visit) -> Response:
    """POST /alerts/{alert_id}/acknowledge."""
    try:
        alert_id = UUID(visit.request.path_params["alert_id"])
    except ValueError:
        raise Denied(ErrorCode.NOT_FOUND) from None
    if not await visit.door.model.owns_alert(visit.person, alert_id):
        raise Denied(ErrorCode.NOT_FOUND)
    await visit.door.gateway.acknowledge(signature_of(visit), alert_id)
    return answer({"alert_id": alert_id})


def _done(row: Row, version: int) -> Response:
    return answer({"case_id": row["case_id"], "version": version})


def _receipt(done: Receipted) -> dict[str, Any]:
    return {"case_id": done.case_id, "version": done.version, "receipt_code": grouped(done.code)}


_V1 = "/api/v1"
ROUTES = [
    Route(f"{_V1}/sessions", call(start_session, anybody=True), methods=["POST"]),
    Route(f"{_V1}/sessions", call(end_session), methods=["DELETE"]),
    Route(f"{_V1}/petitions", call(register), methods=["POST"]),
    Route(f"{_V1}/cases", call(cases), methods=["GET"]),
    Route(f"{_V1}/cases/{{case_id}}", call(case), methods=["GET"]),
    Route(f"{_V1}/cases/{{case_id}}/confirm", call(confirm), methods=["POST"]),
    Route(f"{_V1}/cases/{{case_id}}/split", call(split), methods=["POST"]),
    Route(f"{_V1}/cases/{{case_id}}/text", call(open_text), methods=["POST"]),
    Route(f"{_V1}/cases/{{case_id}}/{{act}}", call(act), methods=["POST"]),
    Route(f"{_V1}/confirmations", call(confirm_many), methods=["POST"]),
    Route(f"{_V1}/slips", call(issue_slips), methods=["POST"]),
    Route(f"{_V1}/boxes", call(open_box), methods=["POST"]),
    Route(f"{_V1}/alerts", call(alerts), methods=["GET"]),
    Route(f"{_V1}/alerts/{{alert_id}}/acknowledge", call(acknowledge), methods=["POST"]),
]
