"""Who must not see, hold or decide, by kind (law 7; LTC Đ8.3, Đ12.1, NĐ31/2019 Đ10.3)."""

from collections.abc import Sequence
from datetime import date

from shared.contracts.intake import PetitionRead
from shared.contracts.vocabulary import Kind
from shared.directory import Directory, Role

CERTAIN = 0.9
"""A reading below this does not rule a denunciation out, whatever was ticked."""


def denunciation_possible(read: PetitionRead) -> bool:
    """False only when the desk ticked another kind and nothing in the letter reads as a denunciation."""
    scores = {score.kind: score.score for score in read.scores}
    if read.abstained or read.kind_ticked in (None, Kind.DENUNCIATION, Kind.INFORMATION, Kind.MIXED):
        return True
    return scores.get(Kind.DENUNCIATION, 0.0) > 0 or scores.get(read.kind_ticked, 0.0) < CERTAIN


def lines_of(directory: Directory, against: Sequence[str], on: date) -> tuple[str, ...]:
    """The persons named and everyone under their management."""
    return tuple(sorted({officer for target in against for officer in directory.line_of(target, on)}))


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


def excluded(directory: Directory, kind: Kind, against: Sequence[str], on: date) -> tuple[str, ...]:
    """From whom a confirmed case stays hidden."""
    return lines_of(directory, against, on) if kind in (Kind.DENUNCIATION, Kind.INFORMATION) else ()


def barred(directory: Directory, kind: Kind, against: Sequence[str]) -> tuple[str, ...]:
    """Who may see a complaint but not hold or verify it: the author of the contested act."""
    if kind not in (Kind.COMPLAINT, Kind.FEEDBACK):
        return ()
    return tuple(sorted(target for target in against if not directory.has_authority(target)))
