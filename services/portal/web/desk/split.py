"""Separating the contents of a mixed letter: mark each stretch, get a receipt for each content."""

from collections.abc import Mapping

from pydantic import ValidationError
from starlette.responses import Response
from starlette.routing import Route

from services.portal.asking.acts import offers_confirmation
from services.portal.asking.cases import found
from services.portal.asking.pins import drawn_pin
from services.portal.store import Row
from services.portal.web.base.sentences import sentence
from services.portal.web.base.visit import Visit, signed_in
from services.portal.web.desk.receipt import Paper, printed
from services.portal.web.desk.stretches import COMMON, LETTERS, marked, units
from services.portal.web.desk.targets import choices, picked
from shared.contracts.denial import Denied
from shared.contracts.intake import Part
from shared.contracts.vocabulary import ErrorCode, Kind, Purpose
from shared.security.codes import normalise_pin
from shared.security.errors import SecurityError

KINDS = tuple(kind for kind in Kind if kind is not Kind.MIXED)


@signed_in
async def form(visit: Visit) -> Response:
    """The page before the text is opened, which is recorded."""
    return _page(visit, await _splittable(visit))


@signed_in
async def open_text(visit: Visit) -> Response:
    """The text in stretches to mark."""
    case = await _splittable(visit)
    try:
        text = await visit.door.gateway.working_text(visit.signature(), case["case_id"], Purpose.CLASSIFY)
    except Denied as denied:
        return _page(visit, case, errors={"": sentence(visit, denied)}, status=403)
    return _page(visit, case, text=text)


@signed_in
async def split(visit: Visit) -> Response:
    """Separate; the receipts are this answer itself."""
    case = await _splittable(visit)
    try:
        pin = _pin(visit)
        receipted = await visit.door.gateway.split(visit.signature(), case["case_id"], _parts(visit), pin)
    except Denied as denied:
        return await _again(visit, case, denied)
    drawn = "" if visit.form.get("pin") else pin
    return printed(visit, case["received_on"], [Paper(each.code, drawn) for each in receipted])


async def _splittable(visit: Visit) -> Row:
    case = await found(visit)
    if not offers_confirmation(visit.person, case):
        raise Denied(ErrorCode.WRONG_STATE)
    return case


def _pin(visit: Visit) -> str:
    typed = visit.form.get("pin", "").strip()
    if not typed:
        return drawn_pin(visit.door.pin_key, visit.uuid("key"))
    try:
        return normalise_pin(typed)
    except SecurityError as error:
        raise Denied(ErrorCode(error.code), field="pin") from None


def _parts(visit: Visit) -> list[Part]:
    return [_part(visit, letter, stretches) for letter, stretches in marked(visit.form).items()]


def _part(visit: Visit, letter: str, stretches: list[tuple[int, int]]) -> Part:
    typed = visit.form.get(f"against-{letter}", "").strip()
    try:
        against = picked(visit.door.directory, visit.today, [typed] if typed else [])
        return Part.model_validate(
            {"stretches": stretches, "kind": visit.form.get(f"kind-{letter}"), "against": list(against)}
        )
    except Denied as denied:
        raise Denied(denied.error.code, field=f"against_{letter.lower()}") from None
    except ValidationError:
        raise Denied(ErrorCode.INVALID, field=f"kind_{letter.lower()}") from None


async def _again(visit: Visit, case: Row, denied: Denied) -> Response:
    """The marks as they were; the text is opened once more, which is recorded once more."""
    name, _, letter = (denied.error.field or "").partition("_")
    errors = {f"{name}-{letter.upper()}" if letter else name: sentence(visit, denied)}
    try:
        text = await visit.door.gateway.working_text(visit.fresh_signature(), case["case_id"], Purpose.CLASSIFY)
    except Denied:
        text = None
    return _page(visit, case, text=text, errors=errors, status=422)


def _page(
    visit: Visit, case: Row, *, text: str | None = None, errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    return visit.page(
        "split.html", status, case=case, units=None if text is None else units(text), letters=LETTERS, common=COMMON,
        kinds=KINDS,
        errors=errors or {}, form=visit.form, targets=list(choices(visit.door.directory, visit.today)),
    )  # fmt: skip


ROUTES = [
    Route("/confirm/{case_id}/split", form, methods=["GET"]),
    Route("/confirm/{case_id}/split/text", open_text, methods=["POST"]),
    Route("/confirm/{case_id}/split", split, methods=["POST"]),
]
