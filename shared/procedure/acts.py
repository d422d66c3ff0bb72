"""What somebody may do with a case, and in which capacity."""

from collections.abc import Mapping
from enum import StrEnum


class Act(StrEnum):
    """An act on a case; the word is the act's name in addresses too."""

    TAKE_OVER = "take-over"
    ACCEPT = "accept"
    REFUSE = "refuse"
    DECIDE = "decide"
    PROVE_NOTICE = "notice"
    REASSIGN = "reassign"
    CLOSE = "close"


class By(StrEnum):
    """In which capacity an act is done."""

    HOLDER = "holder"
    COMPETENT = "competent"
    """The competent person: the head of the authority, or who acts for an absent one (LKN Đ17, LTC Đ12.1)."""


WHO: Mapping[Act, By] = {
    Act.TAKE_OVER: By.HOLDER,
    Act.PROVE_NOTICE: By.HOLDER,
    Act.CLOSE: By.HOLDER,
    Act.ACCEPT: By.COMPETENT,
    Act.REFUSE: By.COMPETENT,
    Act.DECIDE: By.COMPETENT,
    Act.REASSIGN: By.COMPETENT,
}
