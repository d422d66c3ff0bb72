"""Law counters of every service, and what is stuck. Totals stay away: the excluded must not see them move (law 7)."""

from starlette.responses import Response
from starlette.routing import Route

from services.portal.handlers import laws
from services.portal.web.base.visit import Visit, signed_in
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode


@signed_in
async def operations(visit: Visit) -> Response:
    """Every counter must be 0."""
    if not visit.person.runs_operations:
        raise Denied(ErrorCode.NOT_ALLOWED)
    counters = await visit.door.gateway.counters() | {"portal": await laws(visit.door.pool)}
    return visit.page(
        "operations.html",
        counters=counters,
        violations=sum(sum(each.counters.values()) for each in counters.values() if each),
        silent=[name for name, each in counters.items() if each is None],
        stuck=await visit.door.model.stuck(visit.person),
    )


ROUTES = [Route("/operations", operations, methods=["GET"])]
