"""The public tracking page: code and PIN in, a neutral stage out. No kind, no name, no officer."""

from uuid import UUID

from starlette.responses import Response
from starlette.routing import Route

from services.portal.web.base.visit import Visit, public
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Stage
from shared.security.codes import CodeRefused, parse_code

STEPS = ("received", "examined", "accepted", "finished")
"""What a sender sees, whatever the letter is; the same words for every kind."""
_STEP_OF = {
    Stage.REGISTERED: "received", Stage.ACCEPTED: "accepted", Stage.DECIDED: "accepted", Stage.CLOSED: "finished",
    Stage.GUIDED: "finished", Stage.FILED: "finished", Stage.DISPATCHED: "finished", Stage.SPLIT: "finished",
}  # fmt: skip
WRONG = "Mã biên nhận hoặc mã PIN không đúng. Hãy so lại với giấy biên nhận rồi thử lại."
LONGEST_PIN = 64
"""Characters; what is longer is none, and no reason to seal and send it."""
_SAID = frozenset({ErrorCode.TOO_MANY_TRIES, ErrorCode.UNAVAILABLE, ErrorCode.STORAGE_FULL})
"""Refusals told as they are; every other one is `WRONG`, whichever of the two was wrong."""


@public
async def form(visit: Visit) -> Response:
    """An empty form."""
    return visit.page("track.html", stage="", steps=STEPS, error="")


@public
async def track(visit: Visit) -> Response:
    """The stage of one letter."""
    try:
        case_id = await _case(visit)
    except Denied as denied:
        if denied.error.code in _SAID:
            return visit.page("track.html", 429, stage="", steps=STEPS, error=visit.texts.label("error", denied.code))
        return visit.page("track.html", 403, stage="", steps=STEPS, error=visit.texts.phrase(WRONG))
    stage = Stage(await visit.door.model.stage_of(case_id) or Stage.REGISTERED)
    return visit.page("track.html", stage=_STEP_OF.get(stage, "examined"), steps=STEPS, error="")


async def _case(visit: Visit) -> UUID:
    """The case of the code and PIN typed. A code that its check character gives away was nobody's guess: not counted.

    Raises:
        Denied: not a code, or not this PIN; `too_many_tries` at this code, and for those who failed, from this source.
    """
    limits = visit.door.tracking
    try:
        code = parse_code(visit.form.get("code", ""))
    except CodeRefused as error:
        raise Denied(ErrorCode(error.code), field="code") from None
    limits.check(code)
    try:
        return await visit.door.gateway.track(code, visit.form.get("pin", "")[:LONGEST_PIN])
    except Denied as denied:
        if denied.error.code not in _SAID:
            limits.failed(code, visit.source)
        raise


ROUTES = [Route("/track", form, methods=["GET"]), Route("/track", track, methods=["POST"])]
