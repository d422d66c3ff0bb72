"""The legal day: whatever clock a machine has, a day of the law is a day in Việt Nam."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LEGAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def legal_day(instant: datetime) -> date:
    """The day in Việt Nam that an instant falls on."""
    return instant.astimezone(LEGAL_ZONE).date()
