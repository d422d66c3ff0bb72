"""What every letter of the demo must satisfy: dates, numbers, directory, channel and law."""

import re
from collections.abc import Callable, Iterable, Sequence

from shared.contracts.vocabulary import Body, Channel, FilingGround, Flag, Kind, RefusalGround
from shared.directory import Directory, Role, load
from shared.directory.model import RANK
from shared.law.calendar import is_working_day
from simulation.corpus.model import FIRST_DAY, CorpusError, DemoLetter, Fate

LAST_DAY = 45
_ID = re.compile(r"[a-z]{2,8}-\d{2}")
_NUMBER = re.compile(r"\d{1,6}/(20\d{2}/)?[A-ZĐ]{1,6}(-[A-ZĐ]{1,8}){0,3}")
_ACCUSING = (Kind.DENUNCIATION, Kind.INFORMATION)
_TOLD_FROM_AFAR = (Channel.WEB, Channel.HOTLINE)
_HERE = (Fate.DECIDE, Fate.REFUSE, Fate.LATE, Fate.NEVER)


def check(letters: Sequence[DemoLetter]) -> None:
    """Raises `CorpusError` naming the first rule broken and the letter's id."""
    seen: set[str] = set()
    for letter in letters:
        if letter.id in seen:
            raise CorpusError("duplicate_id", letter.id)
        seen.add(letter.id)
        for code, holds in RULES.items():
            if not holds(letter):
                raise CorpusError(code, letter.id)


def directory() -> Directory:
    """The directory the letters are written for."""
    return load("thach_an")


def competent_authority(kind: Kind, level: int, against: Sequence[str], desk: str) -> str:
    """Who is competent by law (LKN Đ7.1, LTC Đ12): issuer, managing body, or the superior of a head, deputy or body."""
    bodies = [_body_of(target) for target in against]
    body = bodies[0] if bodies else desk
    raised = kind in _ACCUSING and any(_is_head_or_body(target) for target in against)
    if raised or (kind is Kind.COMPLAINT and level == 2):
        return directory().superior_of(body, FIRST_DAY) or body
    return desk if kind in (Kind.MIXED, Kind.OUT_OF_SCOPE) else body


def _known(letter: DemoLetter) -> bool:
    authorities = [letter.desk, letter.label.authority, *([letter.target] if letter.fate == "transfer_inside" else [])]
    targets = [*letter.against, *(target for part in letter.parts for target in part.against)]
    return all(_has_authority(each) for each in authorities) and all(
        _has_authority(each) or directory().knows(each) for each in targets
    )


def _dates(letter: DemoLetter) -> bool:
    given = [each for each in (letter.written, letter.postmark) if each is not None]
    in_window = 0 <= letter.day <= LAST_DAY and is_working_day(letter.received_on)
    return in_window and [*given, 0] == sorted([*given, 0])


def _arrival(letter: DemoLetter) -> bool:
    forwarded = letter.channel is Channel.FORWARDED
    number = letter.forwarding_number
    return (
        (letter.forwarded_by is not None) is forwarded
        and (number is not None) is forwarded
        and (number is None or _NUMBER.fullmatch(number) is not None)
        and (letter.postmark is None or letter.channel is Channel.POST)
        and not (letter.signed and letter.channel in _TOLD_FROM_AFAR)
    )


def _signed_denunciation(letter: DemoLetter) -> bool:
    """A denunciation is a signed letter or a statement in person, of somebody who gives a name (LTC Đ22, Đ25.1)."""
    by_form = letter.signed and bool(letter.sender)
    by_channel = letter.channel not in (*_TOLD_FROM_AFAR, Channel.HAMLET)
    match letter.label.kind:
        case Kind.DENUNCIATION:
            return by_form and by_channel
        case Kind.INFORMATION:
            return not (by_form and by_channel)
        case _:
            return True


def _complaint_signed(letter: DemoLetter) -> bool:
    """A complaint without signature is guided or filed, never accepted (LKN Đ8, Đ11)."""
    return letter.label.kind is not Kind.COMPLAINT or letter.signed or letter.fate in (Fate.GUIDE, Fate.FILE)


def _slip(letter: DemoLetter) -> bool:
    """Sealed letters denounce somebody below the authority that issued the slip."""
    if not letter.sealed_slip:
        return True
    below = [_body_of(target) for target in letter.against]
    return letter.label.kind is Kind.DENUNCIATION and all(
        directory().superior_of(body, FIRST_DAY) == letter.desk for body in below
    )


def _competence(letter: DemoLetter) -> bool:
    label = letter.label
    if label.kind is Kind.LAND_DISPUTE:
        return directory().authority(label.authority).level == "commune"
    return label.authority == competent_authority(label.kind, label.level, letter.against, letter.desk)


def _flags(letter: DemoLetter) -> bool:
    label = letter.label
    above = RANK[directory().authority(letter.desk).level] > RANK[directory().authority(label.authority).level]
    return (
        (Flag.ANONYMOUS in label.flags) is not bool(letter.sender)
        and (Flag.SECOND_TIME in label.flags) is (label.level == 2)
        and (Flag.BYPASS in label.flags) is above
        and (label.level == 1 or label.kind is Kind.COMPLAINT)
    )


def _fate(letter: DemoLetter) -> bool:
    """How a letter may end by kind: complaints are guided and never transferred, denunciations are transferred."""
    label, ours = letter.label, letter.label.authority == letter.desk
    match letter.fate:
        case Fate.SPLIT:
            return label.kind is Kind.MIXED
        case Fate.TRANSFER_INSIDE:
            return not ours and letter.target == label.authority and label.kind is not Kind.COMPLAINT
        case Fate.TRANSFER_OUTSIDE:
            return letter.target in list(Body) and label.kind in (Kind.OUT_OF_SCOPE, Kind.FEEDBACK)
        case Fate.GUIDE:
            foreign = not ours or not letter.signed
            return label.kind is Kind.OUT_OF_SCOPE or (label.kind is Kind.COMPLAINT and foreign)
        case fate if fate in _HERE:
            return ours and label.kind not in (Kind.MIXED, Kind.OUT_OF_SCOPE)
        case _:
            return True


def _ground(letter: DemoLetter) -> bool:
    wanted = {Fate.REFUSE: RefusalGround, Fate.FILE: FilingGround}.get(letter.fate)
    return letter.ground is None if wanted is None else isinstance(letter.ground, wanted)


def _parts(letter: DemoLetter) -> bool:
    """Parts take every paragraph once; contents of a mixed letter are single kinds."""
    places = sorted(place for part in letter.parts for place in part.paragraphs)
    if letter.fate is not Fate.SPLIT:
        return not letter.parts
    kinds = {part.kind for part in letter.parts}
    return (
        len(letter.parts) >= 2
        and places == list(range(len(letter.paragraphs)))
        and Kind.MIXED not in kinds
        and _covers(letter.against, (target for part in letter.parts for target in part.against))
    )


def _covers(named: Iterable[str], in_parts: Iterable[str]) -> bool:
    return set(in_parts) == set(named)


def _has_authority(authority_id: str | None) -> bool:
    return authority_id is not None and directory().has_authority(authority_id)


def _body_of(target: str) -> str:
    if directory().has_authority(target):
        return target
    return directory().posts_of(target, FIRST_DAY)[0].authority_id


def _is_head_or_body(target: str) -> bool:
    if directory().has_authority(target):
        return True
    return any(post.role in (Role.HEAD, Role.DEPUTY) for post in directory().posts_of(target, FIRST_DAY))


RULES: dict[str, Callable[[DemoLetter], bool]] = {
    "bad_id": lambda letter: _ID.fullmatch(letter.id) is not None,
    "unknown_directory_id": _known,
    "bad_date": _dates,
    "bad_arrival": _arrival,
    "denunciation_form": _signed_denunciation,
    "complaint_form": _complaint_signed,
    "bad_slip": _slip,
    "not_competent": _competence,
    "bad_flags": _flags,
    "unlawful_fate": _fate,
    "bad_ground": _ground,
    "bad_parts": _parts,
}
"""Code of the refusal → what must hold."""
