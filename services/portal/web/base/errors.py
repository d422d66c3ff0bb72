"""Refusals and missing pages as sentences with advice; for programs as JSON."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.portal.asking.visit import visitor
from services.portal.web.base.sentences import advice
from services.portal.web.base.texts import texts
from services.portal.web.base.visit import Visit, see
from shared.contracts.base import Error
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.messaging.connection.failures import is_infrastructure

STATUS: Mapping[ErrorCode, int] = {
    ErrorCode.NOT_SIGNED_IN: 401,
    ErrorCode.NOT_ALLOWED: 403,
    ErrorCode.RECUSED: 403,
    ErrorCode.SHEET_OF_ANOTHER: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.UNKNOWN_COMMAND: 404,
    ErrorCode.VERSION_CONFLICT: 409,
    ErrorCode.WRONG_STATE: 409,
    ErrorCode.IDEMPOTENCY_CONFLICT: 409,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.TOO_MANY_TRIES: 429,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.STORAGE_FULL: 507,
}
"""HTTP status of a refusal; 422 for every other."""

TITLES = {
    403: "Không được phép",
    404: "Không tìm thấy",
    413: "Quá lớn",
    429: "Quá nhiều lần thử",
    503: "Tạm thời chưa trả lời",
}
API = "/api/"


async def refused(request: Request, refusal: Exception) -> Response:
    """A typed refusal."""
    assert isinstance(refusal, Denied)
    if refusal.error.code is ErrorCode.NOT_SIGNED_IN and not request.url.path.startswith(API):
        return see("/sign-in")
    if request.url.path.startswith(API):
        sentence = advice(request.app.state.door.directory, texts("vi"), refusal)
        return _told(refusal.error, sentence, STATUS.get(refusal.error.code, 422))
    return await _answer(request, refusal.error, STATUS.get(refusal.error.code, 422))


async def missing(request: Request, error: Exception) -> Response:
    """No such page, or not this method."""
    assert isinstance(error, HTTPException)
    code = ErrorCode.NOT_FOUND if error.status_code in (404, 405) else ErrorCode.INVALID
    return await _answer(request, Error(code=code), error.status_code)


async def broken(request: Request, error: Exception) -> Response:
    """Our own fault, or the infrastructure's; nothing of it is told. The guard logs it."""
    waiting_may_help = is_infrastructure(error)
    return await _answer(
        request, Error(code=ErrorCode.UNAVAILABLE), 503 if waiting_may_help else 500, nobody=waiting_may_help
    )


def _told(error: Error, sentence: str, status: int) -> Response:
    return JSONResponse(error.model_dump(mode="json") | {"message": sentence}, status)


async def _answer(request: Request, error: Error, status: int, *, nobody: bool = False) -> Response:
    """As JSON or as a page; for `nobody` when asking who visits would only be one more wait."""
    if request.url.path.startswith(API):
        return _told(error, texts("vi").label("error", error.code), status)
    try:
        visit = await visitor(Visit, request, None if nobody else request.cookies.get(request.app.state.door.cookie))
    except Exception:
        visit = await visitor(Visit, request, None)
    title = visit.texts.phrase(TITLES.get(status, "Có lỗi xảy ra"))
    return visit.page("error.html", status, title=title, sentence=visit.texts.label("error", error.code))
