"""Who must not see, hold or decide, by kind (law 7; LTC Đ8.3, Đ12.1, NĐ31/2019 Đ10.3)."""

from collections.abc import Sequence
from datetime import date

from services.routing.domain.places import standing
from services.routing.domain.state import Classification
from shared.contracts.intake import PetitionRead
from shared.contracts.vocabulary import Kind
from shared.directory import Directory, Recipient, Role

CERTAIN = 0.9
"""A reading below this does not rule a denunciation out, whatever was ticked."""
DENOUNCING = (Kind.DENUNCIATION, Kind.INFORMATION)
"""Kinds that hide a case from the whole line of whom it names."""


def denunciation_possible(read: PetitionRead) -> bool:
    """False only when the desk ticked another kind and nothing in the letter reads as a denunciation."""
    scores = {score.kind: score.score for score in read.scores}
    if read.abstained or read.kind_ticked in (None, *DENOUNCING, Kind.MIXED):
        return True
    return scores.get(Kind.DENUNCIATION, 0.0) > 0 or scores.get(read.kind_ticked, 0.0) < CERTAIN


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


def hidden_from(
    directory: Directory, possible: bool, kind: Kind | None, against: Sequence[str], on: date
) -> tuple[str, ...]:
    """From whom a letter stays hidden before its kind is confirmed: until then it may be a denunciation."""
    return lines_of(directory, against, on) if possible else excluded(directory, kind, against, on)


def hidden_now(directory: Directory, state: Classification, on: date) -> frozenset[str]:
    """From whom a letter is hidden on that day. Exclusion follows persons: whoever was excluded stays so."""
    decided = state.kind in DENOUNCING
    today = hidden_from(directory, state.possible or decided, state.kind, state.against, on)
    return frozenset((*state.excluded, *today))


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


def classifiers(directory: Directory, state: Classification, authority_id: str, on: date) -> frozenset[str]:
    """Who may classify at an authority today, or at what stands in its place: handlers and heads, in post or acting,
    and whoever it resolves to."""
    authority_id = standing(directory, authority_id, on)
    roles = (Role.HANDLER, Role.HEAD)
    in_post = {officer for role in roles for officer in directory.holders_of(authority_id, role, on)}
    hidden = hidden_now(directory, state, on)
    acting = {
        recipient.officer_id for role in roles if (recipient := directory.available(authority_id, role, on, hidden))
    }
    resolved = handler_of(directory, authority_id, state.against, hidden, on).officer_id
    return frozenset(in_post | acting | {resolved}) - hidden - set(state.against)


def _persons(directory: Directory, against: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(target for target in against if directory.knows(target)))
