"""After an act: the page that knows of it, or the page that waits for it."""

from uuid import UUID

from starlette.responses import Response

from services.portal.web.base.visit import Visit, see


async def after(visit: Visit, case_id: UUID, service: str, version: int, *, elsewhere: str = "/") -> Response:
    """Go to the case once the read model knows the decision, or to the page that waits for it; `elsewhere` when the act
    gave it into other hands."""
    model = visit.door.model
    arrived = await visit.door.moved.until(lambda: model.has_version(case_id, service, version))
    visible = await model.case(visit.person, case_id)
    if visible is None:
        return see(elsewhere)
    return see(f"/cases/{case_id}" if arrived else f"/cases/{case_id}?awaiting={service}.{version}")
