"""What must I do today."""

from starlette.responses import Response
from starlette.routing import Route

from services.portal.store import Listing
from services.portal.web.visit import Visit, signed_in

NEAREST = 8


@signed_in
async def home(visit: Visit) -> Response:
    """Counts of what waits, and the cases due next."""
    viewer, model = visit.person, visit.door.model
    work = await model.work(viewer, visit.today)
    nearest = await model.cases(viewer, Listing("mine"))
    return visit.page("home.html", work=work, nearest=nearest.rows[:NEAREST])


ROUTES = [Route("/", home, methods=["GET"])]
