"""The reception desk: register a letter and print the receipt."""

from typing import Any
from uuid import UUID, uuid4

from starlette.responses import Response
from starlette.routing import Route

from services.portal.gateway import Arrival, Receipted
from services.portal.web.targets import choices, picked
from services.portal.web.visit import Visit, signed_in
from shared.contracts.intake import Letter
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import ErrorCode, Kind
from shared.directory import Role
from shared.security.codes import grouped, normalise_pin
from shared.security.errors import SecurityError
from shared.text import TextError, normalise_letter

FIELDS = (
    "received_on", "letter_on", "postmark_on", "kind_ticked", "signed", "sender_name", "sender_id_number", "phone",
    "email", "sender_address", "text",
)  # fmt: skip
"""What is shown again after an error; the PIN never is."""
SENDER = ("sender_name", "sender_id_number", "sender_address", "phone", "email")
PIN_DIFFERS = "Hai lần nhập mã PIN không giống nhau. Hãy nhập lại cả hai."


@signed_in
async def form(visit: Visit) -> Response:
    """An empty sheet."""
    if Role.HANDLER not in visit.person.roles:
        raise Refused(ErrorCode.NOT_ALLOWED)
    return _sheet(visit, {}, uuid4())


@signed_in
async def register(visit: Visit) -> Response:
    """Register; the receipt is this answer itself, so its code is never in an address, a cookie or a store."""
    errors: dict[str, str] = {}
    arrival = _arrival(visit, errors)
    letter = _letter(visit, errors)
    if errors or arrival is None:
        return _sheet(visit, errors, visit.uuid("key"), 422)
    try:
        receipted = await visit.door.gateway.register(visit.signature(), arrival, letter)
    except Refused as refusal:
        errors[refusal.error.field or ""] = sentence(visit, refusal)
        return _sheet(visit, errors, visit.uuid("key"), 422)
    return _receipt(visit, arrival, receipted)


def sentence(visit: Visit, refusal: Refused) -> str:
    """The sentence with advice for a refusal, with the place in a text when there is one."""
    text = visit.texts.label("error", refusal.code)
    if refusal.error.position is None:
        return text
    return f"{text} ({visit.texts.phrase('vị trí')} {refusal.error.position + 1})"


def _arrival(visit: Visit, errors: dict[str, str]) -> Arrival | None:
    try:
        received_on = visit.day("received_on")
        if received_on is None:
            raise Refused(ErrorCode.INVALID, field="received_on")
        if received_on > visit.today:
            raise Refused(ErrorCode.DATE_IN_FUTURE, field="received_on")
        ticked = visit.form.get("kind_ticked", "")
        if ticked and ticked not in set(Kind):
            raise Refused(ErrorCode.INVALID, field="kind_ticked")
        return Arrival(
            received_on=received_on,
            letter_on=visit.day("letter_on"),
            postmark_on=visit.day("postmark_on"),
            kind_ticked=Kind(ticked) if ticked else None,
            against=picked(visit.door.directory, visit.today, visit.against),
            signed=visit.form.get("signed") == "yes",
        )
    except Refused as refusal:
        errors[refusal.error.field or ""] = sentence(visit, refusal)
        return None


def _letter(visit: Visit, errors: dict[str, str]) -> Letter:
    form, text, pin = visit.form, "", ""
    try:
        text = normalise_letter(form.get("text", ""))
    except TextError as error:
        errors["text"] = sentence(visit, Refused(ErrorCode(error.code), position=error.position))
    try:
        pin = normalise_pin(form.get("pin", ""))
    except SecurityError as error:
        errors["pin"] = visit.texts.label("error", error.code)
    if not errors.get("pin") and form.get("pin") != form.get("pin_again"):
        errors["pin_again"] = visit.texts.phrase(PIN_DIFFERS)
    return Letter(text=text, pin=pin, **{name: form.get(name, "").strip() for name in SENDER})


def _sheet(visit: Visit, errors: dict[str, str], key: UUID, status: int = 200) -> Response:
    values: dict[str, Any] = {name: visit.form.get(name, "") for name in FIELDS}
    return visit.page(
        "register.html",
        status,
        errors=errors,
        form=values,
        against=visit.against,
        key=key,
        today=visit.today.strftime("%d/%m/%Y"),
        targets=list(choices(visit.door.directory, visit.today)),
    )


def _receipt(visit: Visit, arrival: Arrival, receipted: Receipted) -> Response:
    public = visit.door.settings.public_url.rstrip("/")
    return visit.page(
        "receipt.html",
        code=grouped(receipted.code),
        received_on=arrival.received_on,
        track_address=f"{public}/track" if public else "",
    )


ROUTES = [
    Route("/register", form, methods=["GET"]),
    Route("/register", register, methods=["POST"]),
]
