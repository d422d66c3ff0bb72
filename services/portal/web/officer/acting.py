"""Acts on one case from its page: read the form, ask the service, show errors at their fields."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response
from starlette.routing import Route

from services.portal.asking.acts import ACTS, Act, Input, command_of
from services.portal.asking.cases import found
from services.portal.store import Row
from services.portal.web.base.sentences import sentence
from services.portal.web.base.visit import Visit, signed_in
from services.portal.web.base.waiting import after
from services.portal.web.officer.cases import case_page
from services.portal.web.officer.confirm import proposal_page
from shared.contracts.base import Command
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Stage

_SHOWN_AT = {"to_authority_id": "to", "to_body": "to"}
"""Fields of contracts that a form asks for under another name."""


@signed_in
async def perform(visit: Visit) -> Response:
    """Do one act, then look at the case again."""
    act = ACTS.get(visit.request.path_params["act"])
    if act is None:
        raise Denied(ErrorCode.NOT_FOUND)
    case = await found(visit)
    errors: dict[str, str] = {}
    command = _command(visit, act, case, errors)
    if command is None:
        return _again(visit, case, act, errors, 422)
    try:
        version = await visit.door.gateway.act(visit.signature(), command)
    except Denied as denied:
        return _again(visit, case, act, _told(visit, act, denied), 409)
    return await after(visit, case["case_id"], act.service, version)


def _told(visit: Visit, act: Act, denied: Denied) -> dict[str, str]:
    """Where the form says why it was refused; a day long ago is asked about beside it."""
    said = sentence(visit, denied)
    asked = {"far_back": said} if denied.error.code is ErrorCode.DATE_FAR_BACK else {}
    return {_place(act, denied.error.field): said} | asked


def _again(visit: Visit, case: Row, act: Act, errors: Mapping[str, str], status: int) -> Response:
    page = proposal_page if case["stage"] == Stage.PROPOSED else case_page
    return page(visit, case, acting=act.name, errors=errors, status=status)


def _command(visit: Visit, act: Act, case: Row, errors: dict[str, str]) -> Command | None:
    """The command of the form; None when something is missing or malformed, which `errors` then says."""
    given: dict[str, Any] = {}
    for each in act.inputs:
        try:
            given |= _read(visit, each)
        except Denied as denied:
            errors[each.name] = sentence(visit, denied)
    if errors:
        return None
    try:
        return command_of(act, case, visit.number("version"), given)
    except ValidationError as error:
        for each_error in error.errors(include_input=False, include_url=False, include_context=False):
            invalid = Denied(ErrorCode.INVALID)
            errors[_place(act, str(each_error["loc"][0]))] = sentence(visit, invalid)
        return None


def _read(visit: Visit, each: Input) -> dict[str, Any]:
    typed = visit.form.get(each.name, "").strip()
    if each.kind in ("declaration", "question", "assent"):
        return {each.name: typed == "yes"}
    if each.kind == "reason":
        return {each.name: visit.door.gateway.sealed_reason(typed)}
    if each.kind == "several":
        assert each.options
        return {each.name: [word for word in each.options({}) if visit.form.get(f"{each.name}.{word}") == "yes"]}
    if not typed:
        if each.required:
            raise Denied(ErrorCode.INVALID, field=each.name)
        return {}
    if each.kind in ("day", "receipt", "seen"):
        return {each.name: visit.day(each.name)}
    if each.kind == "number":
        return {each.name: "".join(typed.split()).upper()}
    if each.kind == "destination":
        group, _, id_ = typed.partition(":")
        return {"to_body" if group == "body" else "to_authority_id": id_}
    return {each.name: typed}


def _place(act: Act, field: str | None) -> str:
    name = _SHOWN_AT.get(field or "", field or "")
    return name if name in {each.name for each in act.inputs} else ""


ROUTES = [Route("/cases/{case_id}/{act}", perform, methods=["POST"])]
