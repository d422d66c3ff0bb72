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
