"""What a person may do to a case now: the lawful next steps of each kind and state, each a small form. Pure.

The services decide again whether an act is allowed. A form's fields are named as in the act's contract, and the same
table serves the JSON API.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from services.portal.policy import PROTECTED, Viewer
from shared import procedure
from shared.contracts import casework, intake, routing
from shared.contracts.base import Command
from shared.contracts.vocabulary import Criterion, FilingGround, Kind, Proof, ReturnReason, Stage, Withdrawer
from shared.procedure import By

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form. `words` is the group of labels its options are named in, `title` the word of the group
    `field` that names it, if not its own name."""

    name: str
    kind: str
    options: Callable[[Row], tuple[str, ...]] | None = None
    words: str = ""
    required: bool = True
    title: str = ""
    dated: bool = False
    """Its options are those of the law of the day."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person may do to a case, and the command that asks for it."""

    name: str
    command: type[Command]
    inputs: tuple[Input, ...]

    @property
    def service(self) -> str:
        """The service that decides."""
        return self.command.service

    def title(self, case: Row) -> str:
        """Word of the group `act` that names it; a decision is called differently for each kind."""
        return f"decide_{case['kind']}" if self.name == "decide" else self.name


def _fixed(*words: str) -> Callable[[Row], tuple[str, ...]]:
    return lambda case: words


def _grounds_of(act: procedure.Act, on: date, case: Row) -> tuple[str, ...]:
    return procedure.grounds(Kind(case["kind"]), case["level"], act, on)


def _on(act: Act, on: date) -> Act:
    """The act with the grounds that the law knows that day."""
    if procedure.Act(act.name) not in procedure.MOVING:
        return act
    known = partial(_grounds_of, procedure.Act(act.name), on)
    return replace(act, inputs=tuple(replace(each, options=known) if each.dated else each for each in act.inputs))


_KIND = Input("kind", "kind", _fixed(*Kind), "kind")
_NUMBER = Input("document_number", "number")
_SIGNED_ON = Input("acted_on", "day")
_CRITERIA = Input("criteria", "several", _fixed(*Criterion), "criterion")
_PROOF = Input("proof", "choice", _fixed(*Proof), "proof")

ACTS = {
    act.name: act
    for act in (
        Act("transfer", routing.Transfer, (
            _KIND, Input("nobody_denounced", "question", required=False), Input("to", "destination"), _NUMBER,
            Input("dispatched_on", "day"), _PROOF,
        )),
        Act("guide", routing.Guide, (_KIND, _NUMBER, Input("guided_on", "day"), _PROOF)),
        Act("file", routing.File, (_KIND, Input("ground", "choice", _fixed(*FilingGround), "ground"))),
        Act("receive", routing.ReceiveTransfer, (Input("received_on", "day"),)),
        Act("return", routing.ReturnTransfer, (
            Input("reason", "choice", _fixed(*ReturnReason), "return_reason"),
        )),
        Act("take-over", casework.TakeOver, (Input("nothing_bars_me", "declaration"),)),
        Act("accept", casework.Accept, (_NUMBER, Input("accepted_on", "day"))),
        Act("refuse", casework.Refuse, (
            Input("ground", "choice", lambda case: procedure.GROUNDS.get(case["kind"], ()), "ground"), _NUMBER,
            Input("refused_on", "day"),
        )),
        Act("decide", casework.Decide, (
            Input("outcome", "choice", lambda case: procedure.OUTCOMES.get(case["kind"], ()), "outcome"), _NUMBER,
            Input("decided_on", "day"),
        )),
        Act("notice", casework.ProveNotice, (
            Input("notice", "choice", lambda case: tuple(case["owed"]), "notice"), _NUMBER, Input("sent_on", "day"),
            _PROOF,
        )),
        Act("complicate", casework.Complicate, (_CRITERIA, _NUMBER, _SIGNED_ON)),
        Act("extend", casework.Extend, (_CRITERIA, _NUMBER, _SIGNED_ON)),
        Act("suspend", casework.Suspend, (
            Input("ground", "choice", words="pause_ground", dated=True), _NUMBER, _SIGNED_ON,
        )),
        Act("resume", casework.Resume, (_NUMBER, _SIGNED_ON)),
        Act("terminate", casework.Terminate, (
            Input("ground", "choice", words="end_ground", dated=True),
            Input("withdrawn_by", "choice", _fixed(*Withdrawer), "withdrawer", required=False),
            Input("nothing_to_pursue", "question", required=False), _NUMBER, _SIGNED_ON,
        )),
        Act("close", casework.Close, (Input("closed_on", "day"),)),
        Act("reassign", casework.Reassign, (Input("holder_id", "holder"),)),
        Act("correct-receipt", intake.CorrectReceipt, (
            Input("was_on", "seen"), Input("received_on", "receipt", title="right_day"),
            Input("far_back", "assent", required=False), Input("reason", "reason", title="why"),
            _NUMBER, Input("document_on", "day"),
        )),
    )
}  # fmt: skip
"""Every act, by the name in its address."""


def offered(viewer: Viewer, case: Row) -> tuple[Act, ...]:
    """What the viewer may do to the case now, the next step first; nothing once it is ended."""
    if case["stage"] in procedure.ENDED:
        return ()
    return tuple(_on(ACTS[name], viewer.on) for name in _names(viewer, case))


def correction(viewer: Viewer, case: Row) -> Act | None:
    """The correction of the received day, for whoever may: never the next step of a case, so that no list names it.

    The desks of the receipt; once a denunciation is confirmed, which no desk sees, the head who resolves it too.
    """
    if case["stage"] in procedure.ENDED or not case["receipt_desks"]:
        return None
    settled = case["kind"] in PROTECTED and case["stage"] not in procedure.UNCONFIRMED
    resolves = settled and case["competent_authority_id"] in viewer.decides_at
    answers = not set(viewer.confirms_at).isdisjoint(case["receipt_desks"])
    return ACTS["correct-receipt"] if resolves or answers else None


def offers_confirmation(viewer: Viewer, case: Row) -> bool:
    """Whether the case waits for a confirmation that the viewer may give."""
    return case["stage"] == Stage.PROPOSED and case["confirmer_authority_id"] in viewer.confirms_at


def step(viewer: Viewer, case: Row) -> str:
    """Word of the group `act` for the next lawful step of the viewer; empty when he has none."""
    if offers_confirmation(viewer, case):
        return "confirm"
    acts = offered(viewer, case)
    return acts[0].title(case) if acts else ""


def _names(viewer: Viewer, case: Row) -> Iterator[str]:
    stage = case["stage"]
    capacities = {
        By.DESK: case["confirmer_authority_id"] in viewer.confirms_at,
        By.HOLDER: case["person_id"] == viewer.officer_id,
        By.COMPETENT: case["competent_authority_id"] in viewer.decides_at,
    }
    at_work = stage in procedure.AT_WORK
    acts = _at_work(case, viewer.on) if at_work else procedure.OF_LETTERS.get(stage, ())
    return (act.value for act in acts if act.value in ACTS and capacities[procedure.WHO[act]])


def command_of(act: Act, case: Row, version: int, given: Mapping[str, Any]) -> Command:
    """The act's command from what a form or a program said.

    Raises:
        pydantic.ValidationError: something given is not what the contract asks for.
    """
    return act.command.model_validate({**given, "case_id": case["case_id"], "expected_version": version})


def _at_work(case: Row, on: date) -> tuple[procedure.Act, ...]:
    return procedure.offered(case["kind"], case["stage"], case["owed"], case["level"], case["marks"], on)
