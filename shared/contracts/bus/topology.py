"""Streams as data; created, and later only grown, by `donthu migrate`, never by a service."""

from dataclasses import dataclass, field

from shared.contracts.bus.subjects import STREAM


@dataclass(frozen=True, slots=True)
class StreamTopology:
    """One stream. It keeps everything and refuses deletion and purge, which cannot be set later."""

    name: str
    subjects: tuple[str, ...]
    duplicate_window_seconds: int = 120
    free_space_share: float = 0.7
    """Greatest share of the space free at migrate; a full disk kills a stream until restart."""
    greatest_bytes: int = 64 * 1024**3
    replicas: int = 1
    """Servers that keep a copy of a new stream, unless the operator asks for more."""
    metadata: dict[str, str] = field(default_factory=dict)


EVENTS_STREAM = StreamTopology(name=STREAM, subjects=("evt.*.*.*.*",))
STREAMS = (EVENTS_STREAM,)
