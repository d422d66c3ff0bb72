"""Which cases are asked for, as far as the asker may see them."""

from uuid import UUID

from services.portal.asking.visit import Visit
from services.portal.policy import Viewer
from services.portal.store import Listing, Row
from shared.contracts.denial import Denied
from shared.contracts.routing import ItemResult
from shared.contracts.vocabulary import ErrorCode, Purpose
from shared.procedure import UNCONFIRMED


def listing_of(viewer: Viewer, view: str, number: str = "") -> Listing:
    """What to list for a view's name; an unknown one is `mine`."""
    if number:
        return Listing("number", (number.replace("\\", "").replace("%", "").replace("_", ""),))
    places = {
        "unit": viewer.oversees,
        "confirm": viewer.confirms_at,
        "incoming": viewer.confirms_at,
        "sign": viewer.decides_at,
    }
    if view in places:
        return Listing(view, (list(places[view]),))
    return Listing(view, (view == "ended",)) if view in ("all", "ended") else Listing("mine")


def purpose_of(case: Row) -> Purpose:
    """What the letter is opened for at this stage."""
    return Purpose.CLASSIFY if case["stage"] in UNCONFIRMED else Purpose.RESOLVE


async def found(visit: Visit) -> Row:
    """The case of the address.

    Raises:
        Denied: there is none, or it is hidden from the viewer; the answer is the same.
    """
    try:
        case = await visit.door.model.case(visit.person, UUID(visit.request.path_params["case_id"]))
    except ValueError:
        case = None
    if case is None:
        raise Denied(ErrorCode.NOT_FOUND)
    visit.traceparent = case["traceparent"]
    return case


def version_of(result: ItemResult) -> int:
    """The new version of a confirmed item.

    Raises:
        Denied: it was refused.
    """
    if result.error is not None:
        raise Denied.of(result.error)
    if result.version is None:
        raise Denied(ErrorCode.UNAVAILABLE)
    return result.version
