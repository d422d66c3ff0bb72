"""Lists of cases and one case with its five clears, clocks, story and actions."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import Route

from services.portal.asking.acts import correction, offered, offers_confirmation
from services.portal.asking.cases import found, listing_of, purpose_of
from services.portal.store import Row
from services.portal.web.base import people
from services.portal.web.base.sentences import sentence
from services.portal.web.base.visit import Visit, see, signed_in
from shared.contracts.denial import Denied
from shared.procedure import ENDED, UNCONFIRMED


@signed_in
async def listing(visit: Visit) -> Response:
    """Cases of the viewer, of his unit, all he may see, or those whose number begins so."""
    query = visit.request.query_params
    view, number = query.get("view", "mine"), query.get("number", "").strip().upper()[:20]
    chosen = listing_of(visit.person, view, number)
    page = await visit.door.model.cases(visit.person, chosen, query.get("after", ""))
    return visit.page("cases.html", page=page, view="all" if number else chosen.name, number=number)


@signed_in
async def detail(visit: Visit) -> Response:
    """One case; one that waits for the viewer's confirmation has a page of its own.

    A page that came too early says so and loads itself again.
    """
    case = await found(visit)
    service, _, version = visit.request.query_params.get("awaiting", "").partition(".")
    updating = version.isdigit() and case["versions"].get(service, 0) < int(version)
    if offers_confirmation(visit.person, case) and not updating:
        return see(f"/confirm/{case['case_id']}")
    return case_page(visit, case, updating=updating)


@signed_in
async def open_text(visit: Visit) -> Response:
    """Show the working text; intake records the reading before it answers."""
    case = await found(visit)
    try:
        text = await visit.door.gateway.working_text(visit.signature(), case["case_id"], purpose_of(case))
    except Denied as denied:
        return case_page(visit, case, errors={"": sentence(visit, denied)}, status=403)
    return case_page(visit, case, text=text)


def case_page(
    visit: Visit,
    case: Row,
    *,
    text: str | None = None,
    acting: str = "",
    errors: Mapping[str, str] | None = None,
    updating: bool = False,
    status: int = 200,
) -> Response:
    """The case as the viewer sees it, with what he may do; `acting` is the act whose form had `errors`."""
    viewer, directory = visit.person, visit.door.directory
    acts = offered(viewer, case)
    decides = case["competent_authority_id"] in viewer.decides_at and case["stage"] not in UNCONFIRMED
    reassigns = any(act.name == "reassign" for act in acts)
    return visit.page(
        "case.html", status, case=case, text=text, updating=updating, acts=acts, acting=acting, errors=errors or {},
        correction=correction(viewer, case),
        form=visit.form, final=case["stage"] in ENDED, may_open=case["person_id"] == viewer.officer_id or decides,
        choices=people.choices_of(directory, visit.today, case, reassigns=reassigns),
    )  # fmt: skip


ROUTES = [
    Route("/cases", listing, methods=["GET"]),
    Route("/cases/{case_id}", detail, methods=["GET"]),
    Route("/cases/{case_id}/text", open_text, methods=["POST"]),
]
