"""The reception desk: register a letter of any channel and print the receipt."""

from typing import Any, TypeVar
from uuid import UUID, uuid4

from starlette.responses import Response
from starlette.routing import Route

from services.portal.asking.heirs import told
from services.portal.asking.pins import drawn_pin
from services.portal.entry.sessions import IDLE_MINUTES
from services.portal.web.base import people
from services.portal.web.base.sentences import sentence
from services.portal.web.base.visit import Visit, see, signed_in
from services.portal.web.desk.receipt import Paper, printed
from services.portal.web.desk.targets import choices, picked
from services.portal.web.desk.working_copy import Copy, copy_of, fragment
from shared.contracts.denial import Denied
from shared.contracts.intake import Letter, Noted
from shared.contracts.vocabulary import Body, Channel, ErrorCode, Kind
from shared.directory import Role
from shared.security.codes import normalise_pin
from shared.security.errors import SecurityError
from shared.text import TextError, normalise_letter

DESK_CHANNELS = (
    Channel.COUNTER, Channel.POST, Channel.BOX, Channel.HOTLINE, Channel.HAMLET, Channel.RECEPTION, Channel.FORWARDED,
)  # fmt: skip
SENDER_AWAY = frozenset({Channel.POST, Channel.BOX, Channel.HOTLINE, Channel.HAMLET, Channel.FORWARDED})
"""Channels whose sender may not be there to choose a PIN; one is drawn then and goes out with the receipt."""
SPOKEN = frozenset({Channel.HOTLINE})
"""Channels on which nothing can be signed (law.md 16)."""
FIELDS = (
    "received_on", "letter_on", "postmark_on", "kind_ticked", "signed", "sender_name", "sender_id_number", "phone",
    "email", "sender_address", "text", "forwarded_by", "forwarding_number", "forwarding_on", "far_back",
    "slip", "box_id",
)  # fmt: skip
"""What is shown again after an error; the PIN never is."""
PROTECTED = ("sender_name", "sender_id_number", "sender_address", "phone", "email", "forwarding_number")
ASK = "Hãy trả lời các chỗ được đánh dấu trong bản đọc, rồi nhập lại mã PIN và gửi."
PIN_DIFFERS = "Hai lần nhập mã PIN không giống nhau. Hãy nhập lại cả hai."
W = TypeVar("W", Kind, Body, Channel)


@signed_in
async def form(visit: Visit) -> Response:
    """An empty sheet, or what was typed when a session was over."""
    if Role.HANDLER not in visit.person.roles:
        raise Denied(ErrorCode.NOT_ALLOWED)
    new = "channel" in visit.request.query_params
    drafts = [] if new else await visit.door.drafts.of(visit.person.officer_id)
    if not drafts:
        return await _sheet(visit, {}, uuid4())
    visit.form, visit.against = drafts[0].form, drafts[0].against
    return await _sheet(visit, {}, visit.uuid("key"), restored=len(drafts))


@signed_in
async def register(visit: Visit) -> Response:
    """Register; the receipt is this answer itself, so its code is never in an address, a cookie or a store."""
    errors: dict[str, str] = {}
    noted = _noted(visit, errors)
    letter, drawn = _letter(visit, errors)
    if errors or noted is None:
        return await _sheet(visit, errors, visit.uuid("key"), 422)
    try:
        copy = await copy_of(visit, letter)
        if copy.open:
            errors["copy"] = visit.texts.phrase(ASK)
            return await _sheet(visit, errors, visit.uuid("key"), 422, copy=copy)
        letter = letter.model_copy(update={"not_own": copy.not_own})
        receipted = await visit.door.gateway.register(
            visit.signature(), channel_of(visit), noted, letter, visit.form.get("slip", "").strip()
        )
    except Denied as denied:
        reason = told(visit.door.directory, denied, noted.against, noted.received_on)
        errors[denied.error.field or ""] = sentence(visit, reason)
        return await _sheet(visit, errors, visit.uuid("key"), 422, far_back=denied.code == ErrorCode.DATE_FAR_BACK)
    await visit.door.drafts.done(visit.person.officer_id, visit.form.get("key", ""))
    return printed(visit, noted.received_on, [Paper(receipted.code, letter.pin if drawn else "")])


@signed_in
async def discard(visit: Visit) -> Response:
    """Give up what was typed when a session was over."""
    await visit.door.drafts.done(visit.person.officer_id, visit.form.get("key", ""))
    return see("/register")


@signed_in
async def preview(visit: Visit) -> Response:
    """The working copy of what is typed so far; without scripts, the whole sheet with it."""
    whole = "hx-request" not in visit.request.headers
    try:
        copy = await copy_of(visit, _typed(visit, normalise_letter(visit.form.get("text", ""))))
    except TextError as error:
        refused = Denied(ErrorCode(error.code), field="text", position=error.position)
    except Denied as denied:
        refused = denied
    else:
        return await _sheet(visit, {}, visit.uuid("key"), copy=copy) if whole else fragment(visit, copy)
    errors = {refused.error.field or "": sentence(visit, refused)}
    return await _sheet(visit, errors, visit.uuid("key"), 422) if whole else fragment(visit, Copy(()))


def channel_of(visit: Visit) -> Channel:
    """The channel that the address or the form names, else the counter."""
    named = visit.form.get("channel") or visit.request.query_params.get("channel", "")
    return next((channel for channel in DESK_CHANNELS if channel == named), Channel.COUNTER)


def _noted(visit: Visit, errors: dict[str, str]) -> Noted | None:
    channel = channel_of(visit)
    try:
        received_on = visit.day("received_on")
        if received_on is None:
            raise Denied(ErrorCode.INVALID, field="received_on")
        if received_on > visit.today:
            raise Denied(ErrorCode.DATE_IN_FUTURE, field="received_on")
        return Noted(
            received_on=received_on,
            letter_on=visit.day("letter_on"),
            postmark_on=visit.day("postmark_on"),
            kind_ticked=_word(visit, "kind_ticked", Kind),
            against=list(picked(visit.door.directory, visit.today, visit.against)),
            signed=visit.form.get("signed") == "yes" and channel not in SPOKEN,
            forwarded_by=_word(visit, "forwarded_by", Body) if channel is Channel.FORWARDED else None,
            forwarding_on=visit.day("forwarding_on") if channel is Channel.FORWARDED else None,
            box_id=visit.uuid("box_id") if channel is Channel.BOX else None,
            far_back=visit.form.get("far_back") == "yes",
        )
    except Denied as denied:
        errors[denied.error.field or ""] = sentence(visit, denied)
        return None


def _word(visit: Visit, name: str, words: type[W]) -> W | None:
    typed = visit.form.get(name, "")
    try:
        return words(typed) if typed else None
    except ValueError:
        raise Denied(ErrorCode.INVALID, field=name) from None


def _letter(visit: Visit, errors: dict[str, str]) -> tuple[Letter, bool]:
    """The letter, and whether its PIN was drawn."""
    text = ""
    try:
        text = normalise_letter(visit.form.get("text", ""))
    except TextError as error:
        errors["text"] = sentence(visit, Denied(ErrorCode(error.code), position=error.position))
    drawn = channel_of(visit) in SENDER_AWAY and not visit.form.get("pin") and not visit.form.get("pin_again")
    pin = drawn_pin(visit.door.pin_key, visit.uuid("key")) if drawn else _chosen_pin(visit, errors)
    return _typed(visit, text, pin), drawn


def _typed(visit: Visit, text: str, pin: str = "") -> Letter:
    return Letter(text=text, pin=pin, **{name: visit.form.get(name, "").strip() for name in PROTECTED})


def _chosen_pin(visit: Visit, errors: dict[str, str]) -> str:
    try:
        pin = normalise_pin(visit.form.get("pin", ""))
    except SecurityError as error:
        errors["pin"] = visit.texts.label("error", error.code)
        return ""
    if visit.form.get("pin") != visit.form.get("pin_again"):
        errors["pin_again"] = visit.texts.phrase(PIN_DIFFERS)
    return pin


async def _sheet(
    visit: Visit,
    errors: dict[str, str],
    key: UUID,
    status: int = 200,
    *,
    copy: Copy | None = None,
    restored: int = 0,
    far_back: bool = False,
) -> Response:
    values: dict[str, Any] = {name: visit.form.get(name, "") for name in FIELDS}
    channel, directory, viewer = channel_of(visit), visit.door.directory, visit.person
    return visit.page(
        "register.html",
        status,
        errors=errors,
        copy=copy,
        restored=restored,
        idle_minutes=IDLE_MINUTES,
        far_back=far_back or visit.form.get("far_back") == "yes",
        form=values,
        against=visit.against,
        key=key,
        today=visit.today.strftime("%d/%m/%Y"),
        targets=list(choices(directory, visit.today)),
        channel=channel,
        channels=DESK_CHANNELS,
        bodies=tuple(Body),
        boxes=await visit.door.model.boxes(viewer) if channel is Channel.BOX else [],
        sender_away=channel in SENDER_AWAY,
        spoken=channel in SPOKEN,
        takes_slips=people.has_desks_below(directory, visit.today, viewer.authority_id),
    )


ROUTES = [
    Route("/register", form, methods=["GET"]),
    Route("/register", register, methods=["POST"]),
    Route("/register/discard", discard, methods=["POST"]),
    Route("/register/preview", preview, methods=["POST"]),
]
