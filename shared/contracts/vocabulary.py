"""The closed vocabulary of contracts: no other type of text may stand in an event, a command or a reply.

A free string could carry a name, a letter's text or an officer's remark out of the vault; `tests/contract` walks every
contract and fails on a type that is not listed here.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

DirectoryId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
"""Id of an authority, unit or officer in the directory."""

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}-[0-9]{2}[a-z]?$")]
"""Statutory rule (`KN-12`) of :mod:`shared.law`."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,60}$")]
"""A word of a closed list kept by the emitter: version stamps, error codes, lexicon rule ids, event types."""

DocumentNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}/(20[0-9]{2}/)?[A-ZĐ]{1,6}(-[A-ZĐ]{1,8}){0,3}$")]
"""Number of one of our own documents, in the pattern of Nghị định 30/2020 (`15/TB-UBND`)."""

RegisterNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[0-9]{4}-[0-9]{5}$")]
"""Number in a register's series, drawn when the kind is confirmed (`KN-2025-00017`)."""

KeyedHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""HMAC-SHA256 under a key that lives in the vault."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of something that is itself public within the house."""

CalendarVersion = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,60}$")]
"""Version of the working-day calendar or of the law tables a due date was computed with."""

TraceParent = Annotated[str, StringConstraints(pattern=r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")]
"""W3C Trace Context `traceparent`."""


class Channel(StrEnum):
    """How a letter arrived."""

    COUNTER = "counter"
    POST = "post"
    BOX = "box"
    HOTLINE = "hotline"
    HAMLET = "hamlet"
    RECEPTION = "reception"
    FORWARDED = "forwarded"
    WEB = "web"


class Kind(StrEnum):
    """What a letter is by content (TT05/2021 Đ6.1)."""

    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"
    INFORMATION = "information"
    FEEDBACK = "feedback"
    LAND_DISPUTE = "land_dispute"
    MIXED = "mixed"
    OUT_OF_SCOPE = "out_of_scope"


class Body(StrEnum):
    """Bodies outside the system: they forward letters to it, and letters are dispatched to them with proof."""

    COURT = "court"
    PROCURACY = "procuracy"
    POLICE = "police"
    PARTY = "party"
    PEOPLES_COUNCIL = "peoples_council"
    NATIONAL_ASSEMBLY = "national_assembly"
    FRONT = "front"
    PRESS = "press"
    MINISTRY = "ministry"
    OTHER_PROVINCE = "other_province"


class Flag(StrEnum):
    """What a reader noticed beside the kind."""

    ANONYMOUS = "anonymous"
    MULTI_SIGNER = "multi_signer"
    SECOND_TIME = "second_time"
    BYPASS = "bypass"
    WITHDRAWN = "withdrawn"
    URGENT = "urgent"


class Task(StrEnum):
    """What the responsible person has to do now (one of the five clears)."""

    CLASSIFY = "classify"
    TAKE_OVER = "take_over"
    PREPARE_ACCEPTANCE = "prepare_acceptance"
    RESOLVE = "resolve"
    ANSWER = "answer"
    MEDIATE = "mediate"
    SEND_NOTICE = "send_notice"
    CLOSE = "close"
    CONFIRM_RECEIPT = "confirm_receipt"
    SETTLE_RETURN = "settle_return"


class Result(StrEnum):
    """What the task must produce (one of the five clears)."""

    CONFIRMED_KIND = "confirmed_kind"
    HOLDER_IN_CHARGE = "holder_in_charge"
    ACCEPTANCE_NOTICE = "acceptance_notice"
    DECISION = "decision"
    CONCLUSION = "conclusion"
    ANSWER = "answer"
    MEDIATION_MINUTES = "mediation_minutes"
    NOTICE_SENT = "notice_sent"
    CLOSED_FILE = "closed_file"
    RECEIPT_CONFIRMED = "receipt_confirmed"
    COMPETENCE_SETTLED = "competence_settled"


class Stage(StrEnum):
    """How far a letter and its case are. Transferred is to another authority of the house, dispatched is to outside."""

    REGISTERED = "registered"
    PROPOSED = "proposed"
    """The machine has proposed, a named person confirms."""
    TRANSFERRED = "transferred"
    RECEIVED = "received"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    OPEN = "open"
    TAKEN = "taken"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DECIDED = "decided"
    CLOSED = "closed"
    GUIDED = "guided"
    FILED = "filed"
    SPLIT = "split"
    """Became several letters, each with its own case."""
    DISPATCHED = "dispatched"


class RefusalGround(StrEnum):
    """Why a case is not accepted (LKN Đ11, LTC Đ29, QĐ2304)."""

    NOT_AFFECTED = "not_affected"
    NO_CAPACITY = "no_capacity"
    UNLAWFUL_REPRESENTATIVE = "unlawful_representative"
    NOT_SIGNED = "not_signed"
    OUT_OF_TIME = "out_of_time"
    ALREADY_SETTLED = "already_settled"
    IN_COURT = "in_court"
    INTERNAL_ACT = "internal_act"
    NO_GROUNDS = "no_grounds"
    CONDITIONS_NOT_MET = "conditions_not_met"


class FilingGround(StrEnum):
    """Why a letter is filed (xếp lưu đơn, TT05/2021 Đ28)."""

    INELIGIBLE = "ineligible"
    OUT_OF_TIME = "out_of_time"
    SETTLED = "settled"
    UNREADABLE = "unreadable"
    ALREADY_SENT_TO_COMPETENT = "already_sent_to_competent"
    ALREADY_GUIDED = "already_guided"
    INFORMATION_WITHOUT_EVIDENCE = "information_without_evidence"


class ReturnReason(StrEnum):
    """Why a transferred letter is returned to the common superior."""

    NOT_COMPETENT = "not_competent"
    INCOMPLETE = "incomplete"
    DUPLICATE = "duplicate"


class Outcome(StrEnum):
    """What was decided, concluded, answered or agreed."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    ANSWERED = "answered"
    AGREED = "agreed"
    NOT_AGREED = "not_agreed"


class Notice(StrEnum):
    """A notice owed to the sender."""

    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    DECISION = "decision"
    TRANSFER = "transfer"
    GUIDANCE = "guidance"
    FILING = "filing"


class Proof(StrEnum):
    """How it is proven that a notice or dispatch went out."""

    HANDED_OVER = "handed_over"
    POSTED = "posted"
    SIGNED_FOR = "signed_for"


class EndReason(StrEnum):
    """Why a clock stopped running."""

    DONE = "done"
    SUPERSEDED = "superseded"


class Rung(StrEnum):
    """Steps of the escalation ladder, in their order."""

    WARN_HOLDER = "warn_holder"
    BREACH_LEADER = "breach_leader"
    SUPERIOR = "superior"
    STEWARD = "steward"
    REMINDER = "reminder"
    RECEIPT_CORRECTED = "receipt_corrected"
    """No step upwards: tells the adviser above of a received day that was corrected."""


class Medium(StrEnum):
    """How an alert reaches an official."""

    INBOX = "inbox"
    MAIL = "mail"
    WEBHOOK = "webhook"


class Purpose(StrEnum):
    """Why somebody opens a protected document."""

    CLASSIFY = "classify"
    RESOLVE = "resolve"


class DocumentKind(StrEnum):
    """Documents of a petition that can be asked for."""

    WORKING_TEXT = "working_text"


class ErrorCode(StrEnum):
    """Every refusal a command or query may answer with; the console has a Vietnamese sentence with advice for each."""

    INVALID = "invalid"
    TOO_LARGE = "too_large"
    UNKNOWN_COMMAND = "unknown_command"
    NOT_SIGNED_IN = "not_signed_in"
    NOT_ALLOWED = "not_allowed"
    SHEET_OF_ANOTHER = "sheet_of_another"
    NOT_FOUND = "not_found"
    VERSION_CONFLICT = "version_conflict"
    WRONG_STATE = "wrong_state"
    IDEMPOTENCY_CONFLICT = "idempotency_conflict"
    RECUSED = "recused"
    UNKNOWN_AUTHORITY = "unknown_authority"
    UNKNOWN_OFFICER = "unknown_officer"
    DATE_IN_FUTURE = "date_in_future"
    DATE_TOO_OLD = "date_too_old"
    DATE_FAR_BACK = "date_far_back"
    DATES_CONTRADICT = "dates_contradict"
    DATE_UNCHANGED = "date_unchanged"
    DATE_AFTER_RECORDING = "date_after_recording"
    DATE_AFTER_ACT = "date_after_act"
    PAPER_BEFORE_RECEIPT = "paper_before_receipt"
    REASON_MISSING = "reason_missing"
    REASON_TOO_LONG = "reason_too_long"
    TEXT_EMPTY = "text_empty"
    TEXT_NOT_ONE_LINE = "text_not_one_line"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_HAS_CONTROL_CHARACTERS = "text_has_control_characters"
    TEXT_HAS_DIRECTION_MARKS = "text_has_direction_marks"
    PIN_MALFORMED = "pin_malformed"
    PIN_TOO_SIMPLE = "pin_too_simple"
    CODE_MALFORMED = "code_malformed"
    CODE_CHECK_FAILED = "code_check_failed"
    TOO_MANY_TRIES = "too_many_tries"
    DOCUMENT_NUMBER_TAKEN = "document_number_taken"
    LAW_REFUSES = "law_refuses"
    CHANNEL_CANNOT = "channel_cannot"
    DENUNCIATION_OPEN = "denunciation_open"
    ONLY_ONCE = "only_once"
    ABOLISHED_AUTHORITY = "abolished_authority"
    SLIP_UNKNOWN = "slip_unknown"
    SLIP_USED = "slip_used"
    BOX_COUNT_DIFFERS = "box_count_differs"
    ALREADY_HERE = "already_here"
    NOTICE_OWED = "notice_owed"
    SPLIT_INCOMPLETE = "split_incomplete"
    STORAGE_FULL = "storage_full"
    UNAVAILABLE = "unavailable"
