"""What must I do today."""

from starlette.responses import Response
from starlette.routing import Route

from services.portal.asking.acts import step
from services.portal.store import Listing
from services.portal.web.base.people import superior_registry
from services.portal.web.base.visit import Visit, signed_in

NEAREST = 8


@signed_in
async def home(visit: Visit) -> Response:
    """Counts of what waits, and the cases due next, each with its next lawful step."""
    viewer, model = visit.person, visit.door.model
    work = await model.work(viewer, visit.today)
    nearest = await model.cases(viewer, Listing("mine"))
    rows = [row | {"step": step(viewer, row)} for row in nearest.rows[:NEAREST]]
    return visit.page(
        "home.html",
        work=work,
        nearest=rows,
        superior_registry=superior_registry(visit.door.directory, visit.today, viewer),
    )


ROUTES = [Route("/", home, methods=["GET"])]
