"""What travels only sealed, between the desk, the vault and the printer."""

from shared.contracts.base import Protected

LETTER_LIMIT = 200_000
"""Greatest length of a letter's text in characters."""
REASON_LIMIT = 2_000
"""Greatest length of a reason in characters."""


class Letter(Protected):
    """A letter as the desk types it. Goes sealed to intake and from there only into the vault."""

    sender_name: str = ""
    sender_id_number: str = ""
    sender_address: str = ""
    phone: str = ""
    email: str = ""
    text: str
    pin: str
    forwarding_number: str = ""
    """Of the covering paper, as its sender wrote it: not a number of ours."""
    not_own: frozenset[int] = frozenset()
    """Where stretches begin that look like the sender's own data and, as whoever registers says, are not."""


class Receipt(Protected):
    """What is printed for the sender: the code that, with the PIN, opens the tracking page."""

    code: str


class TrackingClaim(Protected):
    """What the sender types on the public tracking page."""

    code: str
    pin: str


class Slip(Protected):
    """Number of a slip that the desk handed out for a sealed envelope."""

    number: str


class SlipSheet(Protected):
    """Numbers of fresh slips."""

    numbers: list[str]


class Pin(Protected):
    """A PIN."""

    pin: str


class Reason(Protected):
    """Why something was corrected, in the officer's own words."""

    text: str


class WorkingCopy(Protected):
    """What holders would read of a letter: its text with what is surely the sender's own data masked, and where it may
    be: first character and the one after the last."""

    text: str
    unsure: list[tuple[int, int]]


class DocumentText(Protected):
    """Text of a protected document."""

    text: str
