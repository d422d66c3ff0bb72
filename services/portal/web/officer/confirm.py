"""Confirming what the machine proposes, with one key, or correcting it."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import Route

from services.portal.asking.acts import correction, offered
from services.portal.asking.cases import found, listing_of, version_of
from services.portal.store import Row
from services.portal.web.base import people
from services.portal.web.base.sentences import sentence
from services.portal.web.base.visit import Visit, see, signed_in
from services.portal.web.base.waiting import after
from shared.contracts.denial import Denied
from shared.contracts.routing import ConfirmItem
from shared.contracts.vocabulary import ErrorCode, Kind, Purpose, Stage

NEVER_CASES = frozenset({Kind.MIXED, Kind.OUT_OF_SCOPE})
"""Kinds that are separated, guided, transferred or filed, never confirmed into a case."""
DENOUNCING = frozenset({Kind.DENUNCIATION, Kind.INFORMATION})
"""Kinds that answer by themselves whether the letter denounces somebody."""
KINDS = tuple(kind for kind in Kind if kind not in NEVER_CASES)


@signed_in
async def listing(visit: Visit) -> Response:
    """Proposals that wait for the viewer, nearest due first, and letters on their way to his desk."""
    model, query = visit.door.model, visit.request.query_params
    page = await model.cases(visit.person, listing_of(visit.person, "confirm"), query.get("after", ""))
    incoming = await model.cases(visit.person, listing_of(visit.person, "incoming"), query.get("incoming", ""))
    return visit.page("confirm_list.html", page=page, incoming=incoming)


@signed_in
async def detail(visit: Visit) -> Response:
    """One proposal; once confirmed its page is the case's."""
    case = await found(visit)
    return proposal_page(visit, case) if case["stage"] == Stage.PROPOSED else see(f"/cases/{case['case_id']}")


@signed_in
async def confirm(visit: Visit) -> Response:
    """Confirm or correct, then go on with the next."""
    case = await found(visit)
    try:
        [result] = await visit.door.gateway.confirm(visit.signature(), [_item(visit, case)])
        version = version_of(result)
    except Denied as denied:
        open_question = denied.error.field == "nobody_denounced"
        errors = {"nobody_denounced" if open_question else "": sentence(visit, denied)}
        return proposal_page(visit, case, acting="confirm", errors=errors, status=409)
    return await after(visit, case["case_id"], "routing", version, elsewhere="/confirm")


@signed_in
async def open_text(visit: Visit) -> Response:
    """Show the working text to whoever confirms; the reading is recorded first."""
    case = await found(visit)
    try:
        text = await visit.door.gateway.working_text(visit.signature(), case["case_id"], Purpose.CLASSIFY)
    except Denied as denied:
        return proposal_page(visit, case, errors={"": sentence(visit, denied)}, status=403)
    return proposal_page(visit, case, text=text)


def _item(visit: Visit, case: Row) -> ConfirmItem:
    kind, level = visit.form.get("kind", ""), visit.form.get("level", "1")
    authority, holder = visit.form.get("authority", ""), visit.form.get("holder", "")
    directory = visit.door.directory
    if kind not in set(Kind) or level not in ("1", "2"):
        raise Denied(ErrorCode.INVALID, field="kind")
    if not directory.has_authority(authority):
        raise Denied(ErrorCode.UNKNOWN_AUTHORITY, field="competent_authority_id")
    if not directory.knows(holder):
        raise Denied(ErrorCode.UNKNOWN_OFFICER, field="holder_id")
    return ConfirmItem(
        case_id=case["case_id"],
        expected_version=visit.number("version"),
        kind=Kind(kind),
        level=int(level),
        competent_authority_id=authority,
        holder_id=holder,
        nobody_denounced=visit.form.get("nobody_denounced") == "yes",
    )


def proposal_page(
    visit: Visit,
    case: Row,
    *,
    text: str | None = None,
    acting: str = "",
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The proposal, and beside confirming it what else may lawfully be done with the letter."""
    directory, today = visit.door.directory, visit.today
    places = people.authorities(directory, today)
    return visit.page(
        "confirm.html", status, case=case, text=text, acting=acting, errors=errors or {}, form=visit.form,
        kinds=KINDS, denouncing=DENOUNCING, authorities=places, may_confirm=case["kind"] not in NEVER_CASES,
        acts=offered(visit.person, case), correction=correction(visit.person, case),
        choices=people.choices_of(directory, today, case, reassigns=False),
        holders=[(name, people.holders(directory, today, id_, case)) for id_, name in places],
    )  # fmt: skip


ROUTES = [
    Route("/confirm", listing, methods=["GET"]),
    Route("/confirm/{case_id}", detail, methods=["GET"]),
    Route("/confirm/{case_id}", confirm, methods=["POST"]),
    Route("/confirm/{case_id}/text", open_text, methods=["POST"]),
]
