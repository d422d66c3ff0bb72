"""What to name instead of an authority that is no more: its heirs, by hamlet where the directory knows. Pure."""

from collections.abc import Sequence
from datetime import date

from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Abolished, Directory, Heir, UnknownAuthority


class Gone(Denied):
    """Somebody named an authority that is no more on that day."""

    def __init__(self, target: str, on: date, field: str | None) -> None:
        super().__init__(ErrorCode.ABOLISHED_AUTHORITY, field=field)
        self.target = target
        self.on = on


def told(directory: Directory, refusal: Denied, targets: Sequence[str], on: date) -> Denied:
    """The refusal with the authority it is about, when it is about one that is no more."""
    gone = (target for target in targets if heirs_of(directory, target, on) is not None)
    target = next(gone, None) if refusal.error.code is ErrorCode.ABOLISHED_AUTHORITY else None
    return refusal if target is None else Gone(target, on, refusal.error.field)


def heirs_of(directory: Directory, target: str, on: date) -> tuple[Heir, ...] | None:
    """None when the target is no authority that stood and is no more."""
    if not directory.has_authority(target):
        return None
    try:
        directory.authority(target, on)
    except Abolished as refused:
        return refused.heirs
    except UnknownAuthority:
        return None
    return None
