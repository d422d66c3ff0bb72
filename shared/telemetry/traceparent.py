"""W3C Trace Context (level 1) `traceparent`: the thread that runs from the desk to the alert, with or without spans."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

SAMPLED = 1
_FORM = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
_LOW_64 = (1 << 64) - 1


@dataclass(slots=True)
class Sampling:
    """Which new traces have their spans exported: the same rule as OpenTelemetry's TraceIdRatioBased."""

    bound: int = 1 << 64

    def set_ratio(self, ratio: float) -> None:
        """Between 0 (none) and 1 (all)."""
        if not 0 <= ratio <= 1:
            raise ValueError("ratio_out_of_range")
        self.bound = round(ratio * (1 << 64))


@dataclass(slots=True)
class Listener:
    """Who hears of every step made here (parent, step), so that each becomes a span; nobody when none is exported."""

    heard: Callable[[str | None, str], None] | None = None


sampling = Sampling()
listener = Listener()


def new_traceparent() -> str:
    """The start of a trace; its id is random but no secret."""
    trace_id = random.getrandbits(128) or 1
    return _made(None, f"00-{trace_id:032x}-{_span_id():016x}-{int(trace_id & _LOW_64 < sampling.bound):02x}")


def child_traceparent(parent: str | None) -> str:
    """The next step of the parent's trace; a new trace when there is no valid parent."""
    if parent is None or not is_traceparent(parent):
        return new_traceparent()
    return _made(parent, f"{parent[:36]}{_span_id():016x}{parent[52:]}")


def is_traceparent(text: str) -> bool:
    """Whether the text is a version 00 traceparent with ids that are not zero."""
    return _FORM.fullmatch(text) is not None


def _made(parent: str | None, step: str) -> str:
    if listener.heard is not None:
        listener.heard(parent, step)
    return step


def is_sampled(traceparent: str) -> bool:
    """Whether the trace of a valid traceparent is exported."""
    return bool(int(traceparent[53:], 16) & SAMPLED)


def _span_id() -> int:
    return random.getrandbits(64) or 1
