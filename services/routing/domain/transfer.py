"""A letter that belongs to another body is dispatched once, tracked, and received or returned."""

from dataclasses import replace
from datetime import date

from services.routing.domain.channels import may_be
from services.routing.domain.competence import stands_above
from services.routing.domain.confirmation import check_cleared
from services.routing.domain.exclusion import DENOUNCING, confirmer_authority, excluded_now, handler_of
from services.routing.domain.places import check_stands, common_superior, standing
from services.routing.domain.proposal import propose
from services.routing.domain.rules import ending_rules
from services.routing.domain.standing import to_classify, to_receive
from services.routing.domain.state import Classification
from shared.contracts.denial import Denied
from shared.contracts.routing import (
    LetterTransferred,
    ReceiveTransfer,
    ReturnTransfer,
    Transfer,
    TransferReceived,
    TransferReturned,
)
from shared.contracts.vocabulary import ErrorCode, Kind, Stage
from shared.directory import Directory, Level
from shared.effects import Draft, Effect, dated


def transfer(
    directory: Directory, state: Classification | None, command: Transfer, officer_id: str, on: date
) -> Effect[Classification]:
    """Dispatch a letter that is not ours. It takes effect at dispatch; inside the house it is tracked from then on.

    Raises:
        Denied: as for confirming; dispatched before; a kind that is never transferred; a target that cannot take it.
    """
    stages = (Stage.PROPOSED, Stage.TRANSFERRED)
    state = to_classify(directory, state, officer_id, command.expected_version, on, stages)
    if state.transferred:
        raise Denied(ErrorCode.ONLY_ONCE)
    if not may_be(command.kind, state.channel, state.signed, state.named, on):
        raise Denied(ErrorCode.CHANNEL_CANNOT, field="kind")
    rules = ending_rules("transfer", command.kind, state.channel, on)
    dated(command.dispatched_on, "dispatched_on", earliest=state.received_on, today=on)
    if command.to_authority_id is not None:
        check_cleared(command.kind, command.nobody_denounced)
    cleared = command.nobody_denounced and command.kind not in DENOUNCING
    dispatched = replace(
        state,
        stage=Stage.TRANSFERRED,
        kind=command.kind,
        abstained=False,
        possible=not cleared,
        cleared=cleared,
        excluded=() if cleared else state.excluded,
        transferred=True,
        from_authority_id=state.receiving_authority_id,
        to_authority_id=command.to_authority_id,
        dispatched_on=command.dispatched_on,
    )
    hidden = excluded_now(directory, dispatched, on)
    dispatched = replace(dispatched, excluded=tuple(sorted(hidden)))
    event = LetterTransferred(
        kind=command.kind,
        from_authority_id=state.receiving_authority_id,
        to_authority_id=command.to_authority_id,
        to_body=command.to_body,
        to_handler_id=_target(directory, dispatched, command, hidden, on),
        document_number=command.document_number,
        dispatched_on=command.dispatched_on,
        proof=command.proof,
        transferred_by=officer_id,
        rules=list(rules),
        excluded=list(dispatched.excluded),
        received_on=state.first_received_on,
        nobody_denounced=cleared,
    )
    return Effect(dispatched, (Draft(event, legal_at=command.dispatched_on),))


def receive(
    directory: Directory, state: Classification | None, command: ReceiveTransfer, officer_id: str, on: date
) -> Effect[Classification]:
    """The letter arrived: it is proposed anew to the receiving authority, from that authority's own receipt.

    Raises:
        Denied: hidden from this person or not sent to his authority, an old version, or not on its way.
    """
    state = to_receive(directory, state, officer_id, command.expected_version, on, (Stage.TRANSFERRED,))
    assert state.to_authority_id is not None
    to = standing(directory, state.to_authority_id, on)
    dated(command.received_on, "received_on", earliest=state.dispatched_on or state.received_on, today=on)
    event = TransferReceived(authority_id=to, received_on=command.received_on, received_by=officer_id)
    here = replace(state, receiving_authority_id=to, received_on=command.received_on)
    confirming = confirmer_authority(directory, to, state.against, state.possible, on)
    proposed, draft = propose(directory, here, confirming, on)
    return Effect(proposed, (Draft(event, legal_at=command.received_on), draft))


def send_back(
    directory: Directory, state: Classification | None, command: ReturnTransfer, officer_id: str, on: date
) -> Effect[Classification]:
    """The letter goes to the common superior, whose handler settles whose it is; also after it was received.

    Raises:
        Denied: as for receiving, or returned already.
    """
    stages = (Stage.TRANSFERRED, Stage.PROPOSED)
    state = to_receive(directory, state, officer_id, command.expected_version, on, stages)
    sender, to = state.from_authority_id, state.to_authority_id
    assert sender is not None
    assert to is not None
    superior = common_superior(directory, sender, to, on)
    here = replace(state, receiving_authority_id=superior, received_on=on, to_authority_id=None)
    settler = handler_of(directory, superior, state.against, excluded_now(directory, here, on), on)
    event = TransferReturned(
        from_authority_id=to,
        superior_authority_id=superior,
        superior_handler_id=settler.officer_id,
        reason=command.reason,
        returned_on=on,
        returned_by=officer_id,
    )
    proposed, draft = propose(directory, here, superior, on)
    return Effect(proposed, (Draft(event), draft))


def _target(
    directory: Directory, state: Classification, command: Transfer, hidden: frozenset[str], on: date
) -> str | None:
    """The handler who has to confirm the arrival; None for a body outside the house."""
    to = command.to_authority_id
    if (to is None) is (command.to_body is None):
        raise Denied(ErrorCode.INVALID, field="to_authority_id")
    if to is None:
        if command.kind is Kind.LAND_DISPUTE:
            raise Denied(ErrorCode.LAW_REFUSES, field="to_body")
        return None
    check_stands(directory, to, on, "to_authority_id")
    if to == state.receiving_authority_id:
        raise Denied(ErrorCode.INVALID, field="to_authority_id")
    if command.kind is Kind.LAND_DISPUTE and directory.authority(to, on).level is not Level.COMMUNE:
        raise Denied(ErrorCode.LAW_REFUSES, field="to_authority_id")
    if command.kind in DENOUNCING and directory.head_of(to, on) in hidden:
        raise Denied(ErrorCode.RECUSED, field="to_authority_id")
    if not stands_above(directory, command.kind, state.against, to, on):
        raise Denied(ErrorCode.LAW_REFUSES, field="to_authority_id")
    return handler_of(directory, to, state.against, hidden, on).officer_id
