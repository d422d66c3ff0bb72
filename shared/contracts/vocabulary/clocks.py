"""Terms, alerts and how they reach an official."""

from enum import StrEnum


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


class Duty(StrEnum):
    """What a clock waits for. An act says which duties it ends and which it begins."""

    CLASSIFY = "classify"
    RECEIVE = "receive"
    """A letter on its way is received, or a returned one settled."""
    PROCESS = "process"
    """No letter lies unprocessed (NĐ154 Đ41.3.b)."""
    ACCEPT = "accept"
    RESOLVE = "resolve"
    TELL_ACCEPTANCE = "tell_acceptance"
    TELL = "tell"
    """The sender is told what was decided, concluded, answered or refused."""
    PUBLISH = "publish"
    TELL_EXTENSION = "tell_extension"
    TELL_SUSPENSION = "tell_suspension"
    TELL_RESUMPTION = "tell_resumption"
    REVIEW = "review"
    """Whether the ground of a suspension still stands."""
    CLOSE = "close"


class MoveReason(StrEnum):
    """Why a due date moved; each has its paper."""

    COMPLICATED = "complicated"
    EXTENDED = "extended"
    RESUMED = "resumed"
