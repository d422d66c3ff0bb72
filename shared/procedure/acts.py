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
    COMPLICATE = "complicate"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"
    GO_ON = "goes on"
    """What the machine does by itself."""
    CONFIRM = "confirm"
    SPLIT = "split"
    TRANSFER = "transfer"
    GUIDE = "guide"
    FILE = "file"
    RECEIVE = "receive"
    RETURN = "return"


class By(StrEnum):
    """In which capacity an act is done."""

    DESK = "desk"
    """Whoever confirms at the authority where the letter lies."""
    HOLDER = "holder"
    COMPETENT = "competent"
    """The head of the authority, or who acts for an absent one (LKN Đ17, LTC Đ12.1)."""


WHO: Mapping[Act, By] = {
    **dict.fromkeys((Act.CONFIRM, Act.SPLIT, Act.TRANSFER, Act.GUIDE, Act.FILE, Act.RECEIVE, Act.RETURN), By.DESK),
    Act.TAKE_OVER: By.HOLDER,
    Act.PROVE_NOTICE: By.HOLDER,
    Act.CLOSE: By.HOLDER,
    Act.ACCEPT: By.COMPETENT,
    Act.REFUSE: By.COMPETENT,
    Act.DECIDE: By.COMPETENT,
    Act.REASSIGN: By.COMPETENT,
    **dict.fromkeys((Act.COMPLICATE, Act.EXTEND, Act.SUSPEND, Act.RESUME, Act.TERMINATE), By.COMPETENT),
}
