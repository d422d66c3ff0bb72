"""The inbox of alerts. Reading never acknowledges; only the button does."""

from uuid import UUID

from starlette.responses import Response
from starlette.routing import Route

from services.portal.web.base.sentences import sentence
from services.portal.web.base.visit import Visit, see, signed_in
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode


@signed_in
async def inbox(visit: Visit) -> Response:
    """Alerts that wait, oldest first, and those acknowledged lately."""
    return await _page(visit, updating="updating" in visit.request.query_params)


@signed_in
async def acknowledge(visit: Visit) -> Response:
    """The recipient says that he has seen it."""
    try:
        alert_id = UUID(visit.request.path_params["alert_id"])
    except ValueError:
        raise Denied(ErrorCode.NOT_FOUND) from None
    if not await visit.door.model.owns_alert(visit.person, alert_id):
        raise Denied(ErrorCode.NOT_FOUND)
    try:
        await visit.door.gateway.acknowledge(visit.signature(), alert_id)
    except Denied as denied:
        return await _page(visit, error=sentence(visit, denied), status=409)
    arrived = await visit.door.moved.until(lambda: visit.door.model.has_acknowledgement(alert_id))
    return see("/alerts" if arrived else "/alerts?updating=1")


async def _page(visit: Visit, *, error: str = "", updating: bool = False, status: int = 200) -> Response:
    model = visit.door.model
    page = await model.alerts_waiting(visit.person, visit.request.query_params.get("after", ""))
    done = await model.alerts_done(visit.person)
    return visit.page("alerts.html", status, page=page, done=done[:10], error=error, updating=updating)


ROUTES = [
    Route("/alerts", inbox, methods=["GET"]),
    Route("/alerts/{alert_id}/acknowledge", acknowledge, methods=["POST"]),
]
