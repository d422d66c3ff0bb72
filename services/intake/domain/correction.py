"""Correcting a received day: by whom, and to which day (law 6: a term moves only by an act with reason and paper)."""

from dataclasses import dataclass
from datetime import date

from services.intake.domain.letter import FAR_BACK_DAYS, OLDEST
from services.intake.domain.people import acts_at
from shared.contracts.denial import Denied
from shared.contracts.intake import REASON_LIMIT, CorrectReceipt, ReceiptCorrected
from shared.contracts.vocabulary import ErrorCode, Kind
from shared.directory import Directory, Role
from shared.text import TextError, normalise_letter

_CONFIDENTIAL = frozenset({Kind.DENUNCIATION, Kind.INFORMATION})
"""Kinds that the desk no longer sees once they are confirmed: whoever resolves them corrects in its place."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A receipt as it was entered, with what limits its correction."""

    version: int
    received_on: date
    """First receipt anywhere."""
    recorded_on: date | None
    """When the desk recorded it; None for letters from before this was kept."""
    letter_on: date | None
    postmark_on: date | None
    forwarding_on: date | None
    acted_on: date | None
    """Legal day of the earliest act after the receipt."""
    desk_id: str
    """The authority whose desk received it first."""
    above_id: str | None
    """The authority above whose desk classified it in its place."""
    resolver_id: str | None
    excluded: tuple[str, ...] | None
    """None while nobody knows yet from whom the letter is hidden."""
    kind: Kind | None
    transferred: bool
    parts: int | None


def correct(
    directory: Directory, entered: Entered | None, command: CorrectReceipt, officer_id: str, today: date
) -> ReceiptCorrected:
    """Decide a correction.

    Raises:
        Denied: not found (also for those from whom it is hidden), not this desk, separated meanwhile, corrected by
            somebody else meanwhile, or a day that cannot be.
    """
    entered = _found(entered, officer_id)
    if not _answers(directory, entered, officer_id, today):
        raise Denied(ErrorCode.NOT_ALLOWED)
    if entered.parts is not None:
        raise Denied(ErrorCode.WRONG_STATE)
    if command.was_on != entered.received_on:
        raise Denied(ErrorCode.VERSION_CONFLICT)
    _check_day(entered, command, today)
    _check_paper(command, today)
    return ReceiptCorrected(
        authority_id=entered.desk_id,
        was_on=entered.received_on,
        received_on=command.received_on,
        document_number=command.document_number,
        document_on=command.document_on,
        corrected_by=officer_id,
        transferred=entered.transferred,
    )


def check_reason(text: str) -> str:
    """The reason in normal form.

    Raises:
        Denied: none given, too long, or invisible characters in it.
    """
    if not text.strip():
        raise Denied(ErrorCode.REASON_MISSING, field="reason")
    if len(text) > REASON_LIMIT:
        raise Denied(ErrorCode.REASON_TOO_LONG, field="reason", position=REASON_LIMIT)
    try:
        return normalise_letter(text.strip())
    except TextError as error:
        raise Denied(ErrorCode(error.code), field="reason", position=error.position) from None


def _found(entered: Entered | None, officer_id: str) -> Entered:
    if entered is None or entered.excluded is None or officer_id in entered.excluded:
        raise Denied(ErrorCode.NOT_FOUND)
    return entered


def _answers(directory: Directory, entered: Entered, officer_id: str, on: date) -> bool:
    """The desk of the receipt, and the one above that classified in its place; for a confirmed denunciation, which no
    desk sees, also the head who resolves it."""
    desks = (desk for desk in (entered.desk_id, entered.above_id) if desk is not None)
    if any(acts_at(directory, officer_id, desk, Role.HANDLER, on) for desk in desks):
        return True
    resolver = entered.resolver_id if entered.kind in _CONFIDENTIAL else None
    return resolver is not None and acts_at(directory, officer_id, resolver, Role.HEAD, on)


def _check_day(entered: Entered, command: CorrectReceipt, today: date) -> None:
    day = command.received_on
    for code, wrong in (
        (ErrorCode.DATE_IN_FUTURE, day > today),
        (ErrorCode.DATE_UNCHANGED, day == entered.received_on),
        (ErrorCode.DATE_TOO_OLD, day < OLDEST),
        (ErrorCode.DATE_AFTER_RECORDING, day > (entered.recorded_on or today)),
        (ErrorCode.DATE_AFTER_ACT, day > (entered.acted_on or today)),
        (ErrorCode.DATES_CONTRADICT, any(day < each for each in _before(entered))),
        (ErrorCode.DATE_FAR_BACK, (today - day).days > FAR_BACK_DAYS and not command.far_back),
    ):
        if wrong:
            raise Denied(code, field="received_on")


def _before(entered: Entered) -> list[date]:
    """Days that the receipt follows."""
    return [each for each in (entered.letter_on, entered.postmark_on, entered.forwarding_on) if each is not None]


def _check_paper(command: CorrectReceipt, today: date) -> None:
    """A paper of the day of receipt may prove it, one of today may order it."""
    if command.document_on > today:
        raise Denied(ErrorCode.DATE_IN_FUTURE, field="document_on")
    if command.document_on < command.received_on:
        raise Denied(ErrorCode.PAPER_BEFORE_RECEIPT, field="document_on")
