"""The receipt on paper: its code is in this answer alone, never in an address, a cookie or a store."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from starlette.responses import Response

from services.portal.web.base.visit import Visit
from shared.security.codes import grouped


@dataclass(frozen=True, slots=True)
class Paper:
    """What a receipt says; the PIN only when it was drawn for an absent sender."""

    code: str = field(repr=False)
    pin: str = field(default="", repr=False)


def printed(visit: Visit, received_on: date, papers: Sequence[Paper]) -> Response:
    """Receipts to print, one sheet each."""
    public = visit.door.settings.public_url.rstrip("/")
    shown = [(grouped(paper.code), paper.pin) for paper in papers]
    track = f"{public}/track" if public else ""
    return visit.page("receipt.html", papers=shown, received_on=received_on, track_address=track)
