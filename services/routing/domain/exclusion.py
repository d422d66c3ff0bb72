"""Who must not see, hold or decide, by kind (law 7; LTC Đ8.3, Đ12.1, NĐ31/2019 Đ10.3)."""

from collections.abc import Sequence
from datetime import date

from services.routing.domain.places import standing
from services.routing.domain.state import Classification
from shared.contracts.intake import PetitionRead
from shared.contracts.vocabulary import Kind
from shared.directory import Directory, NobodyLawful, Recipient, Role
from shared.directory.model import MANAGERS

RULES_OUT = 0.9
"""A reading below this does not rule a denunciation out, whatever was ticked."""
DENOUNCING = (Kind.DENUNCIATION, Kind.INFORMATION)
"""Kinds that hide a case from the whole line of whom it names."""


def suspected(read: PetitionRead) -> bool:
    """Whether tick and reading alone leave a denunciation possible. True adds protection; False takes none away."""
    scores = {score.kind: score.score for score in read.scores}
    if read.abstained or read.kind_ticked in (None, *DENOUNCING, Kind.MIXED):
        return True
    return scores.get(Kind.DENUNCIATION, 0.0) > 0 or scores.get(read.kind_ticked, 0.0) < RULES_OUT


def lines_of(directory: Directory, against: Sequence[str], on: date) -> tuple[str, ...]:
    """The persons named and everyone under their management."""
    return tuple(sorted({officer for target in against for officer in directory.line_of(target, on)}))


def excluded(directory: Directory, kind: Kind | None, against: Sequence[str], on: date) -> tuple[str, ...]:
    """From whom a case of this kind stays hidden: a denunciation from the whole line, conduct from the named person."""
    match kind:
        case Kind.DENUNCIATION | Kind.INFORMATION:
            return lines_of(directory, against, on)
        case Kind.FEEDBACK:
            return _persons(directory, against)
        case _:
            return ()


def leaders_of(directory: Directory, against: Sequence[str], on: date) -> tuple[str, ...]:
    """Heads and deputies of the bodies named, and of the bodies that a named head or deputy leads, with him."""
    led = {target for target in against if directory.has_authority(target)}
    for target in _persons(directory, against):
        led.update(post.authority_id for post in directory.posts_of(target, on) if post.role in MANAGERS)
    places = {standing(directory, each, on) for each in led} | led
    posts = [(place, role) for place in places for role in MANAGERS]
    return tuple(sorted({officer for place, role in posts for officer in directory.holders_of(place, role, on)}))


def excluded_on(directory: Directory, state: Classification, on: date) -> tuple[str, ...]:
    """From whom a letter stays hidden on that day by what is known of it.

    Until a named person has said that it denounces nobody, the heads and deputies of whom it names never see it,
    whatever was ticked and read; while a denunciation is possible, nobody under them does.
    """
    if state.possible:
        return lines_of(directory, state.against, on)
    known = excluded(directory, state.kind, state.against, on)
    return known if state.cleared else tuple(sorted({*known, *leaders_of(directory, state.against, on)}))


def excluded_now(directory: Directory, state: Classification, on: date) -> frozenset[str]:
    """From whom a letter is hidden on that day. Exclusion follows persons: whoever was excluded stays so."""
    return frozenset((*state.excluded, *excluded_on(directory, state, on)))


def barred(directory: Directory, kind: Kind, against: Sequence[str], on: date) -> tuple[str, ...]:
    """Who may not hold or verify: the author of the contested act; for conduct, the named person and desk."""
    if kind not in (Kind.COMPLAINT, Kind.FEEDBACK):
        return ()
    named = set(_persons(directory, against))
    desks = {
        post.authority_id for officer in named for post in directory.posts_of(officer, on) if post.role is Role.HANDLER
    }
    if kind is Kind.FEEDBACK:
        named.update(officer for desk in desks for officer in directory.holders_of(desk, Role.HANDLER, on))
    return tuple(sorted(named))


def confirmer_authority(directory: Directory, receiving: str, against: Sequence[str], possible: bool, on: date) -> str:
    """Whose letter handler confirms: the receiving authority's, or the direct superior's while the signals name the
    receiving body, its head, a deputy or its handler and a denunciation is not ruled out."""
    if not possible:
        return receiving
    own = {
        officer
        for role in (Role.HEAD, Role.DEPUTY, Role.HANDLER)
        for officer in directory.holders_of(receiving, role, on)
    }
    if receiving in against or own & set(against):
        return directory.superior_of(receiving, on) or receiving
    return receiving


def handler_of(
    directory: Directory, authority_id: str, against: Sequence[str], hidden: frozenset[str], on: date
) -> Recipient:
    """The letter handler of an authority, or of the next level when everybody there is hidden from or named.

    Raises:
        NobodyLawful: the directory has nobody at all who may.
    """
    return directory.resolve(authority_id, Role.HANDLER, on, hidden.union(_persons(directory, against)))


def anybody_outside(directory: Directory, receiving: str, against: Sequence[str], on: date) -> bool:
    """Whether somebody outside the lines named can confirm. Nobody can when the top of the house is named."""
    place = confirmer_authority(directory, receiving, against, True, on)
    try:
        handler_of(directory, place, against, frozenset(lines_of(directory, against, on)), on)
    except NobodyLawful:
        return False
    return True


def classifiers(directory: Directory, state: Classification, authority_id: str, on: date) -> frozenset[str]:
    """Who may classify at an authority today, or at what stands in its place: its letter handlers, in post or acting,
    and whoever it resolves to. Its head sees a letter when a named person has said what it is."""
    authority_id = standing(directory, authority_id, on)
    in_post = set(directory.holders_of(authority_id, Role.HANDLER, on))
    hidden = excluded_now(directory, state, on)
    acting = directory.available(authority_id, Role.HANDLER, on, hidden)
    resolved = handler_of(directory, authority_id, state.against, hidden, on).officer_id
    return frozenset(in_post | {resolved} | ({acting.officer_id} if acting else set())) - hidden - set(state.against)


def _persons(directory: Directory, against: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(target for target in against if directory.knows(target)))
