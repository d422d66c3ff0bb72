"""What to name instead of an authority that is no more: its heirs, by hamlet where the directory knows. Pure."""

from collections.abc import Sequence
from datetime import date

from services.portal.web.texts import Texts
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Abolished, Directory, Heir, UnknownAuthority

DIVIDED = "{gone} đã chia: chọn {heirs}."
MERGED = "{gone} không còn: chọn {heirs}."
OR = "hoặc"


class Gone(Denied):
    """Somebody named an authority that is no more on that day."""

    def __init__(self, target: str, on: date, field: str | None) -> None:
        super().__init__(ErrorCode.ABOLISHED_AUTHORITY, field=field)
        self.target = target
        self.on = on


def told(directory: Directory, refusal: Denied, targets: Sequence[str], on: date) -> Denied:
    """The refusal with the authority it is about, when it is about one that is no more."""
    gone = (target for target in targets if _heirs(directory, target, on) is not None)
    target = next(gone, None) if refusal.error.code is ErrorCode.ABOLISHED_AUTHORITY else None
    return refusal if target is None else Gone(target, on, refusal.error.field)


def advice(directory: Directory, texts: Texts, refusal: Denied) -> str:
    """The sentence for a refusal; for an abolished authority with what to choose instead."""
    general = texts.label("error", refusal.code)
    heirs = _heirs(directory, refusal.target, refusal.on) if isinstance(refusal, Gone) else None
    if not isinstance(refusal, Gone) or not heirs:
        return general
    named = [_named(directory, heir, refusal.on, several=len(heirs) > 1) for heir in heirs]
    last = f" {texts.phrase(OR)} ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)
    sentence = texts.phrase(DIVIDED if named[1:] else MERGED)
    return sentence.replace("{gone}", f"UBND {directory.authority(refusal.target).name}").replace("{heirs}", last)


def _named(directory: Directory, heir: Heir, on: date, *, several: bool) -> str:
    """As the list of the page names it, with its hamlets when they tell the heirs apart."""
    name = f"UBND {directory.authority(heir.authority_id, on).name}"
    hamlets = ", ".join(directory.hamlet(each, on).name for each in heir.hamlet_ids) if several else ""
    return f"{name} ({hamlets})" if hamlets else name


def _heirs(directory: Directory, target: str, on: date) -> tuple[Heir, ...] | None:
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
