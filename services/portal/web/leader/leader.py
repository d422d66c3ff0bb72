"""The leader's page, made for a phone: the few alerts that wait, what to sign, three figures."""

from starlette.responses import Response
from starlette.routing import Route

from services.portal.asking.cases import listing_of
from services.portal.web.base.visit import Visit, signed_in
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode

FEW = 5


@signed_in
async def leader(visit: Visit) -> Response:
    """What the head of an authority has to know and do now."""
    viewer, model = visit.person, visit.door.model
    if not viewer.heads:
        raise Denied(ErrorCode.NOT_ALLOWED)
    alerts = await model.alerts_waiting(viewer)
    to_sign = await model.cases(viewer, listing_of(viewer, "sign"))
    work = await model.work(viewer, visit.today)
    return visit.page("leader.html", alerts=alerts.rows[:FEW], to_sign=to_sign.rows[:FEW], work=work)


ROUTES = [Route("/leader", leader, methods=["GET"])]
