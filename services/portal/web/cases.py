"""Lists of cases and one case with its five clears, clocks, story and actions."""

from typing import Any
from uuid import UUID

from starlette.responses import Response
from starlette.routing import Route

from services.portal.policy import Viewer
from services.portal.store import Listing, Row
from services.portal.web.register import sentence
from services.portal.web.visit import Visit, see, signed_in
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import ErrorCode, Kind, Purpose, Task


@signed_in
async def listing(visit: Visit) -> Response:
    """Cases of the viewer, of his unit, all he may see, or those whose number begins so."""
    query = visit.request.query_params
    view, number = query.get("view", "mine"), query.get("number", "").strip().upper()[:20]
    chosen = listing_of(visit.person, view, number)
    page = await visit.door.model.cases(visit.person, chosen, query.get("after", ""))
    return visit.page("cases.html", page=page, view="all" if number else chosen.name, number=number)


def listing_of(viewer: Viewer, view: str, number: str = "") -> Listing:
    """What to list for a view's name; an unknown one is `mine`."""
    if number:
        return Listing("number", number.replace("\\", "").replace("%", "").replace("_", ""))
    match view:
        case "unit":
            return Listing("unit", list(viewer.oversees))
        case "confirm":
            return Listing("confirm", list(viewer.confirms_at))
        case "all":
            return Listing("all")
        case _:
            return Listing("mine")


@signed_in
async def detail(visit: Visit) -> Response:
    """One case; a page that came too early says so and loads itself again."""
    case = await found(visit)
    service, _, version = visit.request.query_params.get("awaiting", "").partition(".")
    updating = version.isdigit() and case["versions"].get(service, 0) < int(version)
    return _page(visit, case, updating=updating)


@signed_in
async def take_over(visit: Visit) -> Response:
    """Take the case over."""
    case = await found(visit)
    declared = visit.form.get("nothing_bars_me") == "yes"
    try:
        version = await visit.door.gateway.take_over(
            visit.signature(), case["case_id"], visit.number("version"), declared
        )
    except Refused as refusal:
        return _page(visit, case, error=sentence(visit, refusal), status=409)
    return await after(visit, case["case_id"], "casework", version)


@signed_in
async def accept(visit: Visit) -> Response:
    """Sign the acceptance."""
    case = await found(visit)
    number = "".join(visit.form.get("document_number", "").split()).upper()
    try:
        accepted_on = visit.day("accepted_on")
        if accepted_on is None:
            raise Refused(ErrorCode.INVALID, field="accepted_on")
        version = await visit.door.gateway.accept(
            visit.signature(), case["case_id"], visit.number("version"), number, accepted_on
        )
    except Refused as refusal:
        return _page(visit, case, error=sentence(visit, refusal), status=409)
    return await after(visit, case["case_id"], "casework", version)


@signed_in
async def open_text(visit: Visit) -> Response:
    """Show the working text; intake records the reading before it answers."""
    case = await found(visit)
    purpose = Purpose.CLASSIFY if case["stage"] == "proposed" else Purpose.RESOLVE
    try:
        text = await visit.door.gateway.working_text(visit.signature(), case["case_id"], purpose)
    except Refused as refusal:
        return _page(visit, case, error=sentence(visit, refusal), status=403)
    return _page(visit, case, text=text)


async def found(visit: Visit) -> Row:
    """The case of the address.

    Raises:
        Refused: there is none, or it is hidden from the viewer; the answer is the same.
    """
    try:
        case = await visit.door.model.case(visit.person, UUID(visit.request.path_params["case_id"]))
    except ValueError:
        case = None
    if case is None:
        raise Refused(ErrorCode.NOT_FOUND)
    return case


async def after(visit: Visit, case_id: UUID, service: str, version: int) -> Response:
    """Go to the case once the read model knows the decision, or to the page that waits for it."""
    model = visit.door.model
    arrived = await visit.door.moved.until(lambda: model.has_version(case_id, service, version))
    visible = await model.case(visit.person, case_id)
    if visible is None:
        return see("/")
    return see(f"/cases/{case_id}" if arrived else f"/cases/{case_id}?awaiting={service}.{version}")


def _page(
    visit: Visit, case: Row, *, text: str | None = None, error: str = "", updating: bool = False, status: int = 200
) -> Response:
    return visit.page(
        "case.html", status, case=case, text=text, error=error, updating=updating, form=visit.form,
        **actions(visit.person, case),
    )  # fmt: skip


def actions(viewer: Viewer, case: Row) -> dict[str, Any]:
    """What the page offers; the services decide again whether it is allowed."""
    holds, decides = case["person_id"] == viewer.officer_id, case["competent_authority_id"] in viewer.decides_at
    confirmed = case["stage"] not in ("registered", "proposed")
    return {
        "may_take": holds and case["stage"] == "open" and case["task"] == Task.TAKE_OVER,
        "may_accept": decides and case["stage"] == "taken" and case["kind"] == Kind.COMPLAINT,
        "may_open": holds or (confirmed and decides),
    }


ROUTES = [
    Route("/cases", listing, methods=["GET"]),
    Route("/cases/{case_id}", detail, methods=["GET"]),
    Route("/cases/{case_id}/take-over", take_over, methods=["POST"]),
    Route("/cases/{case_id}/accept", accept, methods=["POST"]),
    Route("/cases/{case_id}/text", open_text, methods=["POST"]),
]
