"""Events become rows: five clears never empty, versions counted, nobody sees what is not classified yet."""

from datetime import date
from uuid import uuid4

import orjson
import pytest

from services.portal.projection.apply import fold
from services.portal.projection.case import Case, MissingCase
from services.portal.projection.escalation import clock_changes
from services.portal.projection.house import stuck_changes
from services.portal.projection.notify import alert_changes
from services.portal.projection.timeline import FACTS, timeline_rows
from shared.contracts import house
from shared.contracts.base import Event
from shared.contracts.escalation import ClockBreached, ClockEnded, ClockMoved, ClockPaused, ClockWarned
from shared.contracts.intake import PetitionNumbered
from shared.contracts.notify import AlertRaised
from shared.contracts.registry import EVENTS
from shared.contracts.vocabulary import EndReason, Kind, MoveReason, Rung
from shared.messaging.events.batch import Batch
from shared.messaging.outbox.emitter import Emitter
from tests.builders.projections import (
    ACCEPTED,
    AT,
    CASE,
    CONFIRMED,
    DAY,
    DIRECTORY,
    OPENED,
    PROPOSED,
    REGISTERED,
    after,
    envelope,
)

ENDED = ClockEnded(clock_id=uuid4(), rule="KN-12", reason=EndReason.DONE, ended_on=DAY, late=False)
STORY: tuple[Event, ...] = (REGISTERED, PROPOSED, CONFIRMED, OPENED, ACCEPTED)


@pytest.mark.parametrize("length", range(1, len(STORY) + 1))
def test_the_five_clears_are_never_empty(length: int) -> None:
    case = after(*STORY[:length])
    assert all((case.person_id, case.task, case.authority_id, case.due_on, case.expected_result))


def test_until_a_clock_runs_the_handling_term_is_shown() -> None:
    assert (after(REGISTERED).due_rule, after(REGISTERED).due_on) == ("XL-08", date(2025, 1, 16))


def test_nobody_sees_a_letter_whose_exclusions_are_not_known() -> None:
    assert after(REGISTERED).audience == []
    assert after(REGISTERED, PROPOSED).excluded == ["dong-khe-05"]


def test_a_fold_in_one_batch_or_in_many_gives_the_same_row() -> None:
    together = after(*STORY)
    step: Case | None = None
    for version, event in enumerate(STORY, 1):
        batch = Batch([envelope(event, version)], Emitter("portal", "test-1"))
        [step] = fold(DIRECTORY, None, {CASE: step} if step else {}, batch)
    assert step == together


def test_versions_are_counted_per_service() -> None:
    assert after(REGISTERED, PROPOSED, CONFIRMED).versions == {"intake": 1, "routing": 3}


def test_an_event_of_a_case_never_registered_here_is_refused_and_so_held() -> None:
    with pytest.raises(MissingCase):
        after(PetitionNumbered(number="KN-2025-00001", kind=Kind.COMPLAINT, authority_id="dong-khe"))


def test_a_row_never_gets_a_column_that_it_does_not_have() -> None:
    case = after(REGISTERED)
    with pytest.raises(TypeError):
        case.after({"stages": "closed"})
    assert case.after({"stage": "closed"}) != case == after(REGISTERED)


def test_an_alerted_person_may_open_the_case() -> None:
    alert = AlertRaised(
        alert_id=uuid4(), clock_id=uuid4(), rule="KN-12", rung=Rung.SUPERIOR, recipient_id="thach-an-01", due_on=DAY,
        acknowledge_by=AT,
    )  # fmt: skip
    case = after(alert, before=after(REGISTERED, PROPOSED, CONFIRMED))
    assert "officer:thach-an-01" in case.audience
    assert [row["recipient_id"] for row in alert_changes([envelope(alert)]).raised] == ["thach-an-01"]


def test_a_clock_that_ends_makes_its_case_look_for_the_next_due_date() -> None:
    changes = clock_changes([envelope(ENDED)])
    assert changes.cases_to_date == [str(CASE)]
    assert changes.ended[0]["late"] is False


CLOCK = uuid4()
WARNED, BREACHED = (kind(clock_id=CLOCK, rule="TC-14", **more) for kind, more in (
    (ClockWarned, {}), (ClockBreached, {"due_on": DAY}),
))  # fmt: skip
PAUSED = ClockPaused(clock_id=CLOCK, rule="TC-14", paused_on=DAY, left=9, document_number="7/QD-UBND")
MOVED = ClockMoved(
    clock_id=CLOCK, rule="TC-14", reason=MoveReason.RESUMED, document_number="8/QD-UBND", due_on=DAY, due_at=AT,
    warn_at=AT, amount=30, counted_from=DAY, left=9, calendar_version="1", provisional=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "warned", "breached", "paused"),
    [
        ((WARNED, BREACHED, PAUSED, MOVED), 0, 0, 0),
        ((MOVED, WARNED, BREACHED), 1, 1, 0),
        ((PAUSED, MOVED, PAUSED), 0, 0, 1),
        ((MOVED, MOVED), 0, 0, 0),
    ],
)
def test_a_clock_that_moves_shows_what_came_after_only(
    told: tuple[Event, ...], warned: int, breached: int, paused: int
) -> None:
    """However many events a batch holds: a replay reads more at once than a live reader does."""
    changes = clock_changes([envelope(event) for event in told])
    assert (len(changes.warned), len(changes.breached), len(changes.paused)) == (warned, breached, paused)
    assert len(changes.moved) == 1


def test_an_event_held_and_released_in_one_batch_is_not_stuck() -> None:
    event_id = uuid4()
    held = house.of("casework", house.EventHeld)(
        event_id=event_id, event_type="routing.classification.confirmed", held_case_id=CASE, error="boom"
    )
    released = house.of("casework", house.EventReleased)(event_id=event_id, held_case_id=CASE, discarded=False)
    changes = stuck_changes([envelope(held), envelope(released)])
    assert changes.held == {}
    assert len(changes.released) == 1


def test_the_timeline_shows_only_listed_fields_and_no_refusal() -> None:
    refused = house.of("routing", house.CommandRefused)(
        command="cmd.routing.confirm", code="not_allowed", refused_to="dong-khe-05"
    )
    rows = timeline_rows([envelope(CONFIRMED), envelope(refused)])
    assert [row["type"] for row in rows] == ["routing.classification.confirmed"]
    assert "excluded" not in rows[0]["facts"]
    assert "barred" not in rows[0]["facts"]


def test_every_fact_shown_is_a_field_of_its_event() -> None:
    for event_type, facts in FACTS.items():
        assert set(facts) <= set(EVENTS[event_type, 1].model_fields), event_type


@pytest.mark.parametrize("event", [*STORY, ENDED], ids=lambda event: event.type())
def test_a_fact_is_written_as_the_event_writes_it(event: Event) -> None:
    [row] = timeline_rows([envelope(event)])
    said = event.model_dump(mode="json")
    assert orjson.loads(orjson.dumps(row["facts"])) == {name: said[name] for name in FACTS[event.type()]}
