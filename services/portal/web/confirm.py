"""Confirming what the machine proposes, with one key, or correcting it."""

from starlette.responses import Response
from starlette.routing import Route

from services.portal.store import Listing, Row
from services.portal.web.cases import after, found
from services.portal.web.register import sentence
from services.portal.web.visit import Visit, see, signed_in
from shared.contracts.refusal import Refused
from shared.contracts.routing import ConfirmItem
from shared.contracts.vocabulary import ErrorCode, Kind, Purpose
from shared.directory import Directory, Role

KINDS = tuple(Kind)
_HOLDERS = frozenset({Role.OFFICER, Role.ADVISER, Role.HANDLER})


@signed_in
async def listing(visit: Visit) -> Response:
    """Proposals that wait for the viewer, nearest due first."""
    chosen = Listing("confirm", list(visit.person.confirms_at))
    page = await visit.door.model.cases(visit.person, chosen, visit.request.query_params.get("after", ""))
    return visit.page("confirm_list.html", page=page)


@signed_in
async def detail(visit: Visit) -> Response:
    """One proposal; once confirmed its page is the case's."""
    case = await found(visit)
    return _page(visit, case) if case["stage"] == "proposed" else see(f"/cases/{case['case_id']}")


@signed_in
async def confirm(visit: Visit) -> Response:
    """Confirm or correct, then go on with the next."""
    case = await found(visit)
    try:
        version = await visit.door.gateway.confirm(visit.signature(), _item(visit, case))
    except Refused as refusal:
        return _page(visit, case, error=sentence(visit, refusal), status=409)
    return await after(visit, case["case_id"], "routing", version)


@signed_in
async def open_text(visit: Visit) -> Response:
    """Show the working text to whoever confirms; the reading is recorded first."""
    case = await found(visit)
    try:
        text = await visit.door.gateway.working_text(visit.signature(), case["case_id"], Purpose.CLASSIFY)
    except Refused as refusal:
        return _page(visit, case, error=sentence(visit, refusal), status=403)
    return _page(visit, case, text=text)


def _item(visit: Visit, case: Row) -> ConfirmItem:
    kind, level = visit.form.get("kind", ""), visit.form.get("level", "1")
    authority, holder = visit.form.get("authority", ""), visit.form.get("holder", "")
    directory = visit.door.directory
    if kind not in set(Kind) or level not in ("1", "2"):
        raise Refused(ErrorCode.INVALID, field="kind")
    if not directory.has_authority(authority):
        raise Refused(ErrorCode.UNKNOWN_AUTHORITY, field="competent_authority_id")
    if not directory.knows(holder):
        raise Refused(ErrorCode.UNKNOWN_OFFICER, field="holder_id")
    return ConfirmItem(
        case_id=case["case_id"],
        expected_version=visit.number("version"),
        kind=Kind(kind),
        level=int(level),
        competent_authority_id=authority,
        holder_id=holder,
    )


def _page(visit: Visit, case: Row, *, text: str | None = None, error: str = "", status: int = 200) -> Response:
    directory = visit.door.directory
    authorities = [(each.id, f"UBND {each.name}") for each in directory.authorities(visit.today)]
    return visit.page(
        "confirm.html", status, case=case, text=text, error=error, kinds=KINDS, authorities=authorities,
        holders=[(name, _holders(directory, visit, id_, case)) for id_, name in authorities],
    )  # fmt: skip


def _holders(directory: Directory, visit: Visit, authority_id: str, case: Row) -> list[tuple[str, str]]:
    """Officers who may hold a case there and from whom it is not hidden."""
    return [
        (officer.id, f"{officer.name}, {post.title}")
        for officer in directory.officers()
        for post in directory.posts_of(officer.id, visit.today)
        if post.authority_id == authority_id and post.role in _HOLDERS and officer.id not in case["hidden_from"]
    ]


ROUTES = [
    Route("/confirm", listing, methods=["GET"]),
    Route("/confirm/{case_id}", detail, methods=["GET"]),
    Route("/confirm/{case_id}", confirm, methods=["POST"]),
    Route("/confirm/{case_id}/text", open_text, methods=["POST"]),
]
