"""An alert: raised once, acknowledged only by its recipient, mailed under one name."""

import pytest

from services.notify.domain import Alert, acknowledge, delivered, delivering, raise_alert
from shared.contracts.denial import Denied
from shared.contracts.notify import AlertAcknowledged, AlertDelivered, AlertRaised
from shared.contracts.vocabulary import Medium
from shared.effects import numbered
from tests.escalation_events import HOLDER, LEADER, MORNING, rung_fired, told


def alert() -> Alert:
    fired = rung_fired()
    return numbered(None, raise_alert(told(fired), fired)).state


def test_a_fired_rung_stands_in_the_inbox_at_once() -> None:
    fired = rung_fired()
    decision = raise_alert(told(fired), fired)
    raised, put = (draft.event for draft in decision.drafts)
    assert isinstance(raised, AlertRaised)
    assert isinstance(put, AlertDelivered)
    assert put.medium is Medium.INBOX
    assert raised.alert_id == put.alert_id == decision.state.alert_id
    assert (raised.clock_id, raised.acknowledge_by) == (fired.clock_id, fired.acknowledge_by)


def test_the_same_rung_always_makes_the_same_alert_and_each_recipient_his_own() -> None:
    fired = rung_fired()
    envelope = told(fired)
    assert raise_alert(envelope, fired).state == raise_alert(envelope, fired).state
    other = rung_fired(HOLDER)
    assert raise_alert(envelope, other).state.alert_id != raise_alert(envelope, fired).state.alert_id


def test_the_recipient_acknowledges_once() -> None:
    first = numbered(before := alert(), acknowledge(before, LEADER, MORNING))
    [draft] = first.drafts
    assert isinstance(draft.event, AlertAcknowledged)
    assert (first.state.version, first.state.acknowledged_version) == (3, 3)
    again = acknowledge(first.state, LEADER, MORNING)
    assert again.drafts == ()
    assert again.state == first.state


@pytest.mark.parametrize(("known", "officer_id"), [(True, HOLDER), (True, "thach-an-01"), (False, LEADER)])
def test_for_anybody_else_the_alert_does_not_exist(known: bool, officer_id: str) -> None:
    with pytest.raises(Denied) as refusal:
        acknowledge(alert() if known else None, officer_id, MORNING)
    assert refusal.value.code == "not_found"


@pytest.mark.parametrize("medium", [Medium.MAIL, Medium.WEBHOOK])
def test_sending_an_alert_again_over_a_medium_has_the_same_cause(medium: Medium) -> None:
    one, other = alert(), alert()
    cause = delivering(one, medium, MORNING).id
    assert cause == delivering(one, medium, MORNING).id != delivering(other, medium, MORNING).id
    assert cause != delivering(one, Medium.INBOX, MORNING).id
    [draft] = delivered(one, medium).drafts
    assert isinstance(draft.event, AlertDelivered)
    assert draft.event.medium is medium
