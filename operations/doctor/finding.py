"""One line of the doctor's answer."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "wrong", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, what was seen, and what to do."""

    check: str
    state: State
    found: str
    advice: str = ""


def duration(seconds: float) -> str:
    """A span of time as people say it."""
    for size, word in ((86400, "ngày"), (3600, "giờ"), (60, "phút")):
        if seconds >= size:
            return f"{seconds / size:.0f} {word}"
    return f"{seconds:.1f} giây"


def size(count: int) -> str:
    """Bytes as people say them."""
    return f"{count / 1024**3:.1f} GiB" if count >= 1024**3 else f"{count / 1024**2:.0f} MiB"
