"""The public tracking page: code and PIN in, a neutral stage out. No kind, no name, no officer."""

from starlette.responses import Response
from starlette.routing import Route

from services.portal.web.visit import Visit, public
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import ErrorCode

STEPS = ("received", "examined", "accepted", "finished")
"""What a sender sees, whatever the letter is; the same words for every kind."""
_STEP_OF = {
    "registered": "received", "accepted": "accepted", "decided": "accepted", "closed": "finished",
    "guided": "finished", "filed": "finished", "dispatched": "finished", "split": "finished",
}  # fmt: skip
WRONG = "Mã biên nhận hoặc mã PIN không đúng. Hãy so lại với giấy biên nhận rồi thử lại."
_SAID = frozenset({ErrorCode.TOO_MANY_TRIES, ErrorCode.UNAVAILABLE, ErrorCode.STORAGE_FULL})
"""Refusals told as they are; every other one is `WRONG`, whichever of the two was wrong."""


@public
async def form(visit: Visit) -> Response:
    """An empty form."""
    return visit.page("track.html", stage="", steps=STEPS, error="")


@public
async def track(visit: Visit) -> Response:
    """The stage of one letter."""
    tracking = visit.door.tracking
    try:
        if not tracking.allows(visit.address):
            raise Refused(ErrorCode.TOO_MANY_TRIES)
        case_id = await visit.door.gateway.track(visit.form.get("code", ""), visit.form.get("pin", ""))
    except Refused as refusal:
        if refusal.error.code in _SAID:
            return visit.page("track.html", 429, stage="", steps=STEPS, error=visit.texts.label("error", refusal.code))
        tracking.failed(visit.address)
        return visit.page("track.html", 403, stage="", steps=STEPS, error=visit.texts.phrase(WRONG))
    stage = await visit.door.model.stage_of(case_id) or "registered"
    return visit.page("track.html", stage=_STEP_OF.get(stage, "examined"), steps=STEPS, error="")


ROUTES = [Route("/track", form, methods=["GET"]), Route("/track", track, methods=["POST"])]
