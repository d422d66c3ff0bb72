"""However communes merge, every one leads to what stands, and never in a circle."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from shared.directory import Abolished, Authority, Directory, Hamlet, Level, Role, UnknownAuthority, load
from shared.directory.errors import BadSuccessor

FIRST = date(2020, 1, 1)
IDS = [f"commune-{n}" for n in range(6)]
OFFSETS = st.integers(0, 40)
DAYS = OFFSETS.map(lambda each: FIRST + timedelta(days=each))
LOADED = [load("thach_an"), load("tien_yen"), load("tien_yen_two_tier")]
TWO_TIER, CHANGE = LOADED[2], date(2025, 7, 1)
PEOPLE = st.sampled_from([(each, officer.id) for each in LOADED for officer in each.officers()])


@st.composite
def versions(draw: st.DrawFn) -> tuple[Authority, ...]:
    """Up to two versions of each commune, with any successors, lawful or not."""
    found = []
    for each in IDS:
        ends = sorted(draw(st.lists(OFFSETS, min_size=2, max_size=4, unique=True)))
        for first, last in list(pairwise(ends))[::2]:
            successor = draw(st.none() | st.sampled_from(IDS))
            begin, end = FIRST + timedelta(days=first), FIRST + timedelta(days=last)
            found.append(Authority(each, "xã", Level.COMMUNE, None, False, begin, end, successor))
    return tuple(found)


def lawful(rows: tuple[Authority, ...]) -> Directory:
    """The directory of these rows, without the successors that are refused."""
    while True:
        try:
            return Directory(rows, (), ())
        except BadSuccessor as refused:
            row = int(refused.place.split("[")[1].rstrip("]"))
            rows = (*rows[:row], replace(rows[row], successor_id=None), *rows[row + 1 :])


def fate(directory: Directory, authority_id: str, on: date) -> tuple[str, str | None]:
    """What a lookup of that day says, with the successor it names."""
    try:
        directory.authority(authority_id, on)
    except Abolished as refused:
        return refused.code, refused.successor_id
    except UnknownAuthority as refused:
        return refused.code, None
    return "stands", None


@given(versions(), st.sampled_from(IDS), DAYS)
def test_a_commune_stands_or_is_unknown_or_abolished_into_one_that_stands(
    rows: tuple[Authority, ...], authority_id: str, on: date
) -> None:
    directory = lawful(rows)
    mine = [each for each in rows if each.id == authority_id]
    successor = directory.successor_of(authority_id, on)
    if any(each.in_force(on) for each in mine):
        expected = "stands"
    else:
        expected = "abolished" if any(each.valid_from < on for each in mine) else "unknown_authority"
    assert fate(directory, authority_id, on) == (expected, successor)
    assert successor is None or fate(directory, successor, on) == ("stands", None)


@given(st.lists(st.tuples(OFFSETS, st.sampled_from(IDS[:2])), min_size=1, max_size=6, unique_by=lambda each: each[0]))
def test_a_hamlet_that_moves_is_in_one_commune_a_day(moves: list[tuple[int, str]]) -> None:
    ordered = sorted(moves)
    lasts = [*(first - 1 for first, _ in ordered[1:]), 50]
    communes = tuple(Authority(each, "xã", Level.COMMUNE, None, False, FIRST, None) for each in IDS[:2])
    hamlets = tuple(
        Hamlet("hill", place, "xóm", FIRST + timedelta(days=first), FIRST + timedelta(days=last))
        for (first, place), last in zip(ordered, lasts, strict=True)
    )
    directory = Directory(communes, (), (), hamlets=hamlets)
    for offset in range(ordered[0][0], 51):
        on = FIRST + timedelta(days=offset)
        assert [each for place in IDS[:2] for each in directory.hamlets_of(place, on)] == [directory.hamlet("hill", on)]


@given(PEOPLE, st.dates(date(2020, 1, 1), date(2026, 1, 1)))
def test_whoever_has_no_open_end_keeps_every_post(person: tuple[Directory, str], on: date) -> None:
    directory, officer_id = person
    held = {(each.authority_id, each.role) for each in directory.posts_of(officer_id, on)}
    if not directory.open_ends(officer_id, on):
        assert held <= {(each.authority_id, each.role) for each in directory.posts_of(officer_id, date(2030, 1, 1))}


@given(
    st.sampled_from(["thi-tran-tien-yen", "dai-duc", "dong-rui", "hai-lang", "xa-tien-yen", "quang-ninh"]),
    st.sampled_from(list(Role)),
    st.sampled_from([each.id for each in TWO_TIER.officers() if each.id not in {"quang-ninh-01", "quang-ninh-07"}]),
)
def test_in_two_tiers_a_task_lands_outside_the_line_of_the_denounced(place: str, role: Role, denounced: str) -> None:
    line = TWO_TIER.line_of(denounced, CHANGE)
    assume(denounced != "quang-ninh-04" or role is not Role.STEWARD)  # the only steward of the province
    assert TWO_TIER.resolve(place, role, CHANGE, line).officer_id not in line
