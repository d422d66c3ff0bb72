"""A notice as a webhook is given it."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.notify.domain import Notice
from shared.contracts.vocabulary import Rung
from tests.escalation_events import LEADER

NOTICE = Notice(
    UUID("0d9f1b8e-3f55-5d2b-9f0a-0a3c4d5e6f70"),
    LEADER,
    Rung.BREACH_LEADER,
    date(2025, 1, 16),
    datetime(2025, 1, 17, 10, tzinfo=UTC),
)
