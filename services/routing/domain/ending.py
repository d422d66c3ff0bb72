"""A letter ends here, with a paper: guided once, or filed."""

from dataclasses import replace
from datetime import date

from services.routing.domain.rules import ending_rules, filing_rules
from services.routing.domain.standing import to_classify
from services.routing.domain.state import Classification
from shared.contracts.denial import Denied
from shared.contracts.routing import File, Guide, LetterFiled, LetterGuided
from shared.contracts.vocabulary import ErrorCode, Stage
from shared.directory import Directory
from shared.effects import Draft, Effect, dated


def guide(
    directory: Directory, state: Classification | None, command: Guide, officer_id: str, on: date
) -> Effect[Classification]:
    """Tell the sender, once, where the letter belongs.

    Raises:
        Denied: as for confirming; guided before; a kind that is transferred, not guided.
    """
    stages = (Stage.PROPOSED, Stage.GUIDED)
    state = to_classify(directory, state, officer_id, command.expected_version, on, stages)
    if state.stage is Stage.GUIDED:
        raise Denied(ErrorCode.ONLY_ONCE)
    rules = ending_rules("guide", command.kind, state.channel, on)
    dated(command.guided_on, "guided_on", earliest=state.received_on, today=on)
    event = LetterGuided(
        kind=command.kind,
        authority_id=state.receiving_authority_id,
        document_number=command.document_number,
        guided_on=command.guided_on,
        proof=command.proof,
        guided_by=officer_id,
        rules=list(rules),
    )
    guided = replace(state, stage=Stage.GUIDED, kind=command.kind)
    return Effect(guided, (Draft(event, legal_at=command.guided_on),))


def file(
    directory: Directory, state: Classification | None, command: File, officer_id: str, on: date
) -> Effect[Classification]:
    """File a letter (xếp lưu đơn).

    Raises:
        Denied: as for confirming; a ground of another kind.
    """
    state = to_classify(directory, state, officer_id, command.expected_version, on)
    event = LetterFiled(
        kind=command.kind,
        authority_id=state.receiving_authority_id,
        ground=command.ground,
        filed_on=on,
        filed_by=officer_id,
        rules=list(filing_rules(command.ground, command.kind, on)),
    )
    return Effect(replace(state, stage=Stage.FILED, kind=command.kind), (Draft(event),))
