"""What the pages offer: the lawful next steps, stretches of a letter, figures that betray nobody, drawn PINs."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.asking.acts import ACTS, command_of, offered, step
from services.portal.asking.pins import drawn_pin
from services.portal.policy import viewer_of
from services.portal.web.desk.stretches import COMMON, MOST_UNITS, marked, units
from services.portal.web.inspectorate.figures import SUPPRESSED, suppressed
from shared.contracts.casework import Decide
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import Kind, Outcome
from shared.directory import load
from shared.security.codes import normalise_pin

DIRECTORY = load("thach_an")
DAY = date(2025, 1, 6)
DESK, OFFICER, HEAD = "dong-khe-03", "dong-khe-04", "dong-khe-01"


def a_case(
    stage: str, kind: Kind | None = Kind.COMPLAINT, owed: tuple[str, ...] = (), marks: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {
        "case_id": uuid4(), "stage": stage, "kind": kind, "owed": list(owed), "person_id": OFFICER, "level": 1,
        "marks": list(marks),
        "competent_authority_id": "dong-khe", "confirmer_authority_id": "dong-khe",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("officer", "case", "acts"),
    [
        (DESK, a_case("proposed"), ["transfer", "guide", "file"]),
        (OFFICER, a_case("proposed"), []),
        (DESK, a_case("transferred"), ["receive", "return"]),
        (OFFICER, a_case("open"), ["take-over"]),
        (OFFICER, a_case("open", owed=("acceptance",)), ["take-over"]),
        (HEAD, a_case("open"), ["reassign"]),
        (HEAD, a_case("taken"), ["accept", "refuse", "terminate", "reassign"]),
        (HEAD, a_case("taken", Kind.DENUNCIATION), ["accept", "refuse", "terminate", "reassign"]),
        (HEAD, a_case("taken", Kind.LAND_DISPUTE), ["accept", "refuse", "reassign"]),
        (HEAD, a_case("taken", Kind.FEEDBACK), ["decide", "reassign"]),
        (HEAD, a_case("taken", Kind.INFORMATION), ["decide", "reassign"]),
        (
            HEAD,
            a_case("accepted", owed=("acceptance",)),
            [
                "decide",
                "complicate",
                "terminate",
                "reassign",
            ],
        ),
        (HEAD, a_case("accepted", marks=("complicated",)), ["decide", "terminate", "reassign"]),
        (
            HEAD,
            a_case("accepted", Kind.DENUNCIATION, marks=("extended",)),
            [
                "decide",
                "extend",
                "suspend",
                "terminate",
                "reassign",
            ],
        ),
        (
            HEAD,
            a_case("accepted", Kind.DENUNCIATION, marks=("extended", "extended_twice")),
            [
                "decide",
                "suspend",
                "terminate",
                "reassign",
            ],
        ),
        (HEAD, a_case("accepted", Kind.DENUNCIATION, marks=("suspended",)), ["resume", "terminate", "reassign"]),
        (OFFICER, a_case("accepted", marks=("suspended",), owed=("suspension",)), ["notice"]),
        (HEAD, a_case("accepted", Kind.LAND_DISPUTE), ["decide", "reassign"]),
        (OFFICER, a_case("accepted", owed=("acceptance",)), ["notice"]),
        (OFFICER, a_case("accepted"), []),
        (OFFICER, a_case("refused", owed=("refusal",)), ["notice"]),
        (OFFICER, a_case("decided", owed=("decision",)), ["notice"]),
        (OFFICER, a_case("decided"), ["close"]),
        (OFFICER, a_case("closed"), []),
        (DESK, a_case("filed"), []),
        ("canh-tan-01", a_case("taken"), []),
    ],
)
def test_each_person_is_offered_the_lawful_steps_of_the_state(
    officer: str, case: dict[str, Any], acts: list[str]
) -> None:
    viewer = viewer_of(DIRECTORY, officer, DAY)
    assert viewer is not None
    assert [act.name for act in offered(viewer, case)] == acts


def test_the_next_step_is_named_for_the_kind() -> None:
    desk, head = viewer_of(DIRECTORY, DESK, DAY), viewer_of(DIRECTORY, HEAD, DAY)
    assert desk
    assert head
    assert step(desk, a_case("proposed")) == "confirm"
    assert step(head, a_case("accepted", Kind.DENUNCIATION)) == "decide_denunciation"
    assert step(head, a_case("closed")) == ""


def test_a_form_becomes_the_command_of_its_contract() -> None:
    case = a_case("accepted")
    given = {"outcome": "upheld", "document_number": "20/QĐ-UBND", "decided_on": DAY}
    command = command_of(ACTS["decide"], case, 4, given)
    assert command == Decide(
        case_id=case["case_id"],
        expected_version=4,
        document_number="20/QĐ-UBND",
        decided_on=DAY,
        outcome=Outcome.UPHELD,
    )


@given(st.text(alphabet="aă.!?;\n …", max_size=600))
def test_units_cover_the_text_without_a_gap(text: str) -> None:
    found = units(text)
    assert "".join(unit.text for unit in found) == text
    assert len(found) <= MOST_UNITS + 1


TEXT = "Kính gửi xã. Tôi khiếu nại. Tôi tố cáo. Cảm ơn."


def test_marks_become_stretches_with_neighbours_joined_and_the_common_in_all() -> None:
    form = {unit.field: mark for unit, mark in zip(units(TEXT), (COMMON, "A", "B", "B"), strict=True)}
    found = marked(form | {"kind-A": "complaint"})
    assert {letter: [TEXT[a:b] for a, b in each] for letter, each in found.items()} == {
        "A": ["Kính gửi xã. Tôi khiếu nại. "],
        "B": ["Kính gửi xã. ", "Tôi tố cáo. Cảm ơn."],
    }


@pytest.mark.parametrize("marks", ["AAAA", "AB-B", "****", "ABZB"])
def test_an_unmarked_stretch_or_a_single_content_is_asked_for_again(marks: str) -> None:
    form = {unit.field: mark for unit, mark in zip(units(TEXT), marks.replace("-", " "), strict=True)}
    with pytest.raises(Denied) as refusal:
        marked(form)
    assert refusal.value.code == "split_incomplete"


@pytest.mark.parametrize(
    ("counts", "cells", "total"),
    [
        ({"a": 7, "b": 9}, {"a": "7", "b": "9"}, "16"),
        ({"a": 7, "b": 9, "c": 1}, {"a": "–", "b": "9", "c": "<5"}, "17"),
        ({"a": 0, "b": 0}, {"a": "<5", "b": "<5"}, "–"),
        ({"a": 4, "b": 4, "c": 8}, {"a": "<5", "b": "<5", "c": "8"}, "–"),
        ({"a": 3, "b": 4, "c": 8}, {"a": "<5", "b": "<5", "c": "8"}, "15"),
        ({"a": 2}, {"a": "<5"}, "–"),
    ],
)
def test_figures_under_five_are_not_told_apart(counts: dict[str, int], cells: dict[str, str], total: str) -> None:
    figures = suppressed(counts)
    assert (dict(figures.cells), figures.total) == (cells, total)


@given(st.dictionaries(st.integers(0, 30).map(str), st.integers(0, 12), min_size=2))
def test_no_small_figure_can_be_worked_out_from_the_others(counts: dict[str, int]) -> None:
    figures = suppressed(counts)
    hidden = [name for name, cell in figures.cells.items() if not cell.isdigit()]
    assert all(count >= 5 for name, count in counts.items() if name not in hidden)
    if figures.total.isdigit() and hidden:
        assert len(hidden) > 1
        left = int(figures.total) - sum(count for name, count in counts.items() if name not in hidden)
        small = [name for name in hidden if figures.cells[name] == SUPPRESSED]
        assert len(small) < len(hidden) or 0 < left < 4 * len(small)


def test_a_drawn_pin_is_lawful_and_follows_from_the_form() -> None:
    keys = [UUID(int=number) for number in range(200)]
    pins = [drawn_pin(b"secret", key) for key in keys]
    assert pins == [normalise_pin(pin) for pin in pins] == [drawn_pin(b"secret", key) for key in keys]
    assert len(set(pins)) > 190
    assert drawn_pin(b"another", keys[0]) != pins[0]
