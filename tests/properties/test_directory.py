"""Whatever absences and exclusions come together, tasks go to somebody lawful or to nobody."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.directory import Absence, Directory, NobodyLawful, Role, Via, load

ON = date(2023, 5, 8)
FULL = load("thach_an")
PLACES = st.sampled_from([each.id for each in FULL.authorities(ON)])
UP_THE_LINE = ["le-lai", "thach-an", "cao-bang"]
PEOPLE = st.sampled_from([each.id for each in FULL.officers() if each.id.rsplit("-", 1)[0] in UP_THE_LINE])
ROLES = st.sampled_from(list(Role))


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    pairs = draw(st.dictionaries(PEOPLE, st.none() | PEOPLE, max_size=12))
    return FULL.with_absences(*(Absence(who, ON, ON, acting) for who, acting in pairs.items() if who != acting))


@settings(deadline=None)
@given(directories(), PLACES, ROLES, st.frozensets(PEOPLE, max_size=12))
def test_an_excluded_officer_is_never_chosen_and_nobody_only_when_no_steward_is_outside(
    directory: Directory, place: str, role: Role, excluded: frozenset[str]
) -> None:
    line = excluded.union(*(directory.line_of(each, ON) for each in excluded))
    stewards = {each for where in ("thach-an", "cao-bang") for each in directory.holders_of(where, Role.STEWARD, ON)}
    involved = excluded & {each for role in Role for each in directory.holders_of(place, role, ON)}
    inside = set(directory.holders_of(place, Role.STEWARD, ON)) if involved and place != "cao-bang" else set()
    try:
        found = directory.resolve(place, role, ON, excluded)
    except NobodyLawful:
        assert not stewards - line - inside
        return
    assert found.officer_id not in excluded
    if found.via is Via.STEWARD:
        assert found.officer_id not in line
    else:
        assert directory.is_present(found.officer_id, ON)


@settings(deadline=None)
@given(PLACES, ROLES, st.sampled_from([each.id for each in FULL.officers() if each.id != "cao-bang-01"]))
def test_a_task_never_lands_in_the_line_of_the_denounced(place: str, role: Role, denounced: str) -> None:
    line = FULL.line_of(denounced, ON)
    assert FULL.resolve(place, role, ON, line).officer_id not in line


@given(PLACES)
def test_the_line_of_an_authority_contains_the_line_of_everybody_in_it(place: str) -> None:
    line = FULL.line_of(place, ON)
    assert all(FULL.line_of(each, ON) <= line for each in line)
