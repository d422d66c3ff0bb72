"""Papers that move the term of a case or end it early: complicated, extended, suspended, resumed, terminated."""

from dataclasses import replace
from datetime import date

from services.casework.domain.standing import by_head
from services.casework.domain.state import CaseFile
from shared.contracts.casework import CaseDecided, CaseMoved, Complicate, Extend, Resume, Suspend, Terminate
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import CaseMove, Criterion, EndGround, ErrorCode, Kind, Outcome, Stage, Withdrawer
from shared.directory import Directory
from shared.effects import Draft, Effect, dated
from shared.procedure import Act, Move, first_in_force, moves

Moving = Complicate | Extend | Suspend | Resume


def move(
    directory: Directory, act: Act, state: CaseFile | None, command: Moving, officer_id: str, today: date
) -> Effect[CaseFile]:
    """Decide a paper that moves the term.

    Raises:
        Denied: not the competent person, not in this state, moved so already, a date before its cause, a ground of
            another kind or too few criteria, each with the rule; no rule in force that day.
    """
    case = by_head(directory, state, act, officer_id, command.expected_version, today)
    chosen = _fitting(case, act)
    ground = command.ground if isinstance(command, Suspend) else None
    criteria = list(dict.fromkeys(command.criteria)) if isinstance(command, Complicate | Extend) else []
    basis = _basis(chosen, ground or "", command.acted_on)
    _check_criteria(chosen, criteria, basis)
    dated(command.acted_on, "acted_on", today=today, earliest=case.acted_on)
    owed = case.owed | ({chosen.owes} if chosen.owes else set())
    marks = (case.marks | chosen.adds) - chosen.clears
    moved = replace(case, marks=marks, owed=owed, moved_on=command.acted_on)
    event = CaseMoved(
        move=CaseMove(act.value),
        moved_on=command.acted_on,
        legal_basis=basis,
        criteria=criteria,
        ground=ground,
        **moved.signed(officer_id, command.document_number),
    )
    return Effect(moved, (Draft(event, legal_at=command.acted_on),))


def terminate(
    directory: Directory, state: CaseFile | None, command: Terminate, officer_id: str, today: date
) -> Effect[CaseFile]:
    """Decide the end of a case that is not decided.

    Raises:
        Denied: as for moving; withdrawn by somebody who is neither the sender nor his representative, or although the
            file makes the resolution of a denunciation go on.
    """
    case = by_head(directory, state, Act.TERMINATE, officer_id, command.expected_version, today)
    chosen = _fitting(case, Act.TERMINATE)
    basis = _basis(chosen, command.ground, command.acted_on)
    if command.ground is EndGround.WITHDRAWN:
        _check_withdrawal(case, command, basis)
    dated(command.acted_on, "acted_on", today=today, earliest=case.acted_on)
    ended = case.entered(
        Stage.DECIDED, Outcome.TERMINATED, settled_on=command.acted_on, marks=case.marks - chosen.clears
    )
    event = CaseDecided(
        decided_on=command.acted_on,
        outcome=Outcome.TERMINATED,
        end_ground=command.ground,
        legal_basis=basis,
        **ended.signed(officer_id, command.document_number),
    )
    return Effect(ended, (Draft(event, legal_at=command.acted_on),))


def _fitting(case: CaseFile, act: Act) -> Move:
    known = moves(case.kind, case.level, act)
    for each in known:
        if each.fits(case.marks):
            return each
    raise Denied(ErrorCode.LAW_REFUSES, rule=_last_rule(known[-1]) if known else None)


def _basis(chosen: Move, ground: str, on: date) -> str:
    """The rule in force.

    Raises:
        Denied: the kind does not know this ground, or no rule lets this be done that day.
    """
    if ground not in chosen.rules:
        raise Denied(ErrorCode.LAW_REFUSES, field="ground", rule=_last_rule(chosen))
    found = first_in_force(chosen.rules[ground], on)
    if found is None:
        raise Denied(ErrorCode.LAW_REFUSES, field="acted_on", rule=chosen.rules[ground][0])
    return found


def _check_criteria(chosen: Move, criteria: list[Criterion], basis: str) -> None:
    if len(criteria) < chosen.criteria:
        raise Denied(ErrorCode.LAW_REFUSES, field="criteria", rule=basis)


def _check_withdrawal(case: CaseFile, command: Terminate, basis: str) -> None:
    if command.withdrawn_by not in (Withdrawer.SENDER, Withdrawer.REPRESENTATIVE):
        raise Denied(ErrorCode.LAW_REFUSES, field="withdrawn_by", rule=basis)
    if case.kind is Kind.DENUNCIATION and not command.nothing_to_pursue:
        raise Denied(ErrorCode.LAW_REFUSES, field="nothing_to_pursue", rule="TC-28")


def _last_rule(move: Move) -> str:
    return list(move.rules.values())[-1][0]
