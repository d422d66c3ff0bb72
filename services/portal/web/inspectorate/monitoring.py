"""Monitoring of many authorities: exact counts of what the viewer may open, figures beyond that (law 14)."""

from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from services.portal.policy import Viewer
from services.portal.store import Listing
from services.portal.watched import SEEN, SMALL_FIGURES_SHOWN
from services.portal.web.base import people
from services.portal.web.base.visit import Visit, signed_in
from services.portal.web.inspectorate.figures import SMALLEST, SUPPRESSED, suppressed, too_small
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode

QUEUES = ("classification", "acceptance", "due_soon", "overdue", "unacknowledged", "stuck")
QUARTERS = 4


@signed_in
async def overview(visit: Visit) -> Response:
    """Every authority below the viewer, in alphabetical order, never by how many letters it received."""
    viewer, model = _watcher(visit), visit.door.model
    places = [each for each in people.authorities(visit.door.directory, visit.today) if each[0] in viewer.oversees]
    unopened = await model.unopened(viewer)
    since = _quarters_ago(visit.today, QUARTERS - 1)
    quarters = await model.denunciations(viewer, since)
    figures = suppressed({id_: unopened.get(id_, 0) for id_, _ in places})
    few = [(_quarter(day), _few(quarters.get(day, 0))) for day in _starts(since)]
    SEEN.add(SMALL_FIGURES_SHOWN, too_small([*figures.cells.values(), *(cell for _, cell in few)]))
    return visit.page(
        "monitoring.html",
        places=places,
        queues=QUEUES,
        counts=await model.queues(viewer, visit.today),
        unopened=figures,
        denunciations=few,
    )


@signed_in
async def drill_down(visit: Visit) -> Response:
    """The rows of one queue of one authority."""
    viewer, directory = _watcher(visit), visit.door.directory
    authority_id, queue = visit.request.path_params["authority_id"], visit.request.path_params["queue"]
    if authority_id not in viewer.oversees or queue not in QUEUES or not directory.has_authority(authority_id):
        raise Denied(ErrorCode.NOT_FOUND)
    chosen = Listing("queue", (authority_id, queue, visit.today))
    page = await visit.door.model.cases(viewer, chosen, visit.request.query_params.get("after", ""))
    return visit.page("queue.html", page=page, authority_id=authority_id, queue=queue)


def _watcher(visit: Visit) -> Viewer:
    if not visit.person.monitors:
        raise Denied(ErrorCode.NOT_ALLOWED)
    return visit.person


def _few(count: int) -> str:
    return SUPPRESSED if count < SMALLEST else str(count)


def _quarters_ago(day: date, quarters: int) -> date:
    number = day.year * 4 + (day.month - 1) // 3 - quarters
    return date(number // 4, number % 4 * 3 + 1, 1)


def _starts(since: date) -> list[date]:
    return [_quarters_ago(since, -ahead) for ahead in range(QUARTERS)]


def _quarter(day: date) -> str:
    return f"{(day.month - 1) // 3 + 1}/{day.year}"


ROUTES = [
    Route("/monitoring", overview, methods=["GET"]),
    Route("/monitoring/{authority_id}/{queue}", drill_down, methods=["GET"]),
]
