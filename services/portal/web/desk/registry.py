"""What a registry does beside letters: opening suggestion boxes with minutes, issuing slips for sealed hand-over."""

from collections.abc import Mapping

from pydantic import ValidationError
from starlette.responses import Response
from starlette.routing import Route

from services.portal.web.base import people
from services.portal.web.base.sentences import sentence
from services.portal.web.base.visit import Visit, see, signed_in
from shared.contracts.denial import Denied
from shared.contracts.intake import OpenBox
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Role
from shared.security.codes import grouped

MOST_SLIPS = 100


def desk(visit: Visit) -> None:
    """Only reception desks work here.

    Raises:
        Denied: the visitor is at none.
    """
    if Role.HANDLER not in visit.person.roles:
        raise Denied(ErrorCode.NOT_ALLOWED)


@signed_in
async def boxes(visit: Visit) -> Response:
    """Boxes opened lately, and the minutes of a new opening."""
    desk(visit)
    return await _boxes(visit)


@signed_in
async def open_box(visit: Visit) -> Response:
    """Note an opening, then register the letters that were in the box."""
    desk(visit)
    errors: dict[str, str] = {}
    command = _opening(visit, errors)
    if command is None:
        return await _boxes(visit, errors, 422)
    try:
        box_id = await visit.door.gateway.open_box(visit.signature(), command)
    except Denied as denied:
        return await _boxes(visit, {denied.error.field or "": sentence(visit, denied)}, 409)
    model = visit.door.model
    await visit.door.moved.until(lambda: model.has_box(visit.person, box_id))
    return see("/boxes")


def _opening(visit: Visit, errors: dict[str, str]) -> OpenBox | None:
    try:
        given = {
            "authority_id": visit.person.authority_id,
            "opened_on": visit.day("opened_on"),
            "letters": visit.form.get("letters", "").strip(),
            "minutes_number": "".join(visit.form.get("minutes_number", "").split()).upper(),
            "second_person_id": visit.form.get("second_person_id", ""),
        }
        return OpenBox.model_validate(given)
    except Denied as denied:
        errors[denied.error.field or ""] = sentence(visit, denied)
    except ValidationError as error:
        for each in error.errors(include_input=False, include_url=False, include_context=False):
            errors[str(each["loc"][0])] = visit.texts.label("error", ErrorCode.INVALID)
    return None


async def _boxes(visit: Visit, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    viewer = visit.person
    return visit.page(
        "boxes.html",
        status,
        boxes=await visit.door.model.boxes(viewer),
        errors=errors or {},
        form=visit.form,
        people=people.officers(visit.door.directory, visit.today, viewer.authority_id, (viewer.officer_id,)),
    )


@signed_in
async def slips(visit: Visit) -> Response:
    """Sheets issued lately, and a form for a new one."""
    return await _slips(visit)


@signed_in
async def issue_slips(visit: Visit) -> Response:
    """Issue slips; the numbers are this answer itself and are shown once."""
    try:
        count = visit.number("count")
        if not 1 <= count <= MOST_SLIPS:
            raise Denied(ErrorCode.INVALID, field="count")
        numbers = await visit.door.gateway.issue_slips(visit.signature(), count)
    except Denied as denied:
        return await _slips(visit, {denied.error.field or "": sentence(visit, denied)}, 422)
    return visit.page("slips_printed.html", numbers=[grouped(number) for number in numbers])


async def _slips(visit: Visit, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    if not people.superior_registry(visit.door.directory, visit.today, visit.person):
        raise Denied(ErrorCode.NOT_ALLOWED)
    sheets = await visit.door.model.slips(visit.person)
    return visit.page("slips.html", status, sheets=sheets, errors=errors or {}, form=visit.form, most=MOST_SLIPS)


ROUTES = [
    Route("/boxes", boxes, methods=["GET"]),
    Route("/boxes", open_box, methods=["POST"]),
    Route("/slips", slips, methods=["GET"]),
    Route("/slips", issue_slips, methods=["POST"]),
]
