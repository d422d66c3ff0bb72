"""What a refusal says on a page."""

from datetime import date

from services.portal.asking.heirs import Gone, heirs_of
from services.portal.web.base.texts import Texts
from services.portal.web.base.visit import Visit
from shared.contracts.denial import Denied
from shared.directory import Directory, Heir
from shared.law import rules

DIVIDED = "{gone} đã chia: chọn {heirs}."
MERGED = "{gone} không còn: chọn {heirs}."
OR = "hoặc"
BASIS = "Căn cứ:"


def sentence(visit: Visit, refusal: Denied) -> str:
    """The sentence with advice for a refusal, with the place in a text when there is one."""
    text = advice(visit.door.directory, visit.texts, refusal)
    if refusal.error.position is None:
        return text
    return f"{text} ({visit.texts.phrase('vị trí')} {refusal.error.position + 1})"


def advice(directory: Directory, texts: Texts, refusal: Denied) -> str:
    """The sentence for a refusal; for an abolished authority with what to choose instead."""
    general = texts.label("error", refusal.code)
    heirs = heirs_of(directory, refusal.target, refusal.on) if isinstance(refusal, Gone) else None
    if not isinstance(refusal, Gone) or not heirs:
        return f"{general} {_cited(texts, refusal.error.rule)}".strip()
    named = [_named(directory, heir, refusal.on, several=len(heirs) > 1) for heir in heirs]
    last = f" {texts.phrase(OR)} ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)
    sentence = texts.phrase(DIVIDED if named[1:] else MERGED)
    return sentence.replace("{gone}", f"UBND {directory.authority(refusal.target).name}").replace("{heirs}", last)


def _cited(texts: Texts, rule_id: str | None) -> str:
    """The rule that forbids it, with its article as it reads last."""
    versions = [each for each in rules() if each.id == rule_id]
    return f"{texts.phrase(BASIS)} {rule_id}, {versions[-1].title} ({versions[-1].citation})." if versions else ""


def _named(directory: Directory, heir: Heir, on: date, *, several: bool) -> str:
    """As the list of the page names it, with its hamlets when they tell the heirs apart."""
    name = f"UBND {directory.authority(heir.authority_id, on).name}"
    hamlets = ", ".join(directory.hamlet(each, on).name for each in heir.hamlet_ids) if several else ""
    return f"{name} ({hamlets})" if hamlets else name
