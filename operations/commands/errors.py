"""What is said when a verb cannot reach the house, instead of a traceback; anything unexpected keeps its traceback."""

import asyncpg
import nats.errors
import nats.js.errors

from operations.house.migrate import RestoreUnfinished, ServerTooOld
from shared.messaging.connection.failures import code_of
from shared.messaging.host.realm import ForeignRealm
from shared.postgres.migrations import ChangedMigration
from shared.security.errors import SecurityError
from shared.settings.addresses import Plaintext

EXPECTED = (
    OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, nats.errors.Error, SecurityError,
    ForeignRealm, ChangedMigration, RestoreUnfinished, ServerTooOld, Plaintext,
)  # fmt: skip
_NO_HOUSE = (asyncpg.UndefinedTableError, asyncpg.InvalidCatalogNameError, asyncpg.InvalidSchemaNameError)
_SECRETS = {
    "secrets_missing": (
        "Không thấy khóa: cho SECRETS_DIR hoặc --secrets-dir, chạy `donthu provision` cho hệ thống mới. "
        "/ No secrets there: give SECRETS_DIR or --secrets-dir; for a new house run `donthu provision`."
    ),
    "secrets_too_open": (
        "Người khác trên máy đọc được khóa: `chmod -R go-rwx` thư mục khóa. "
        "/ Others on this machine can read the secrets: `chmod -R go-rwx` their folder."
    ),
}
_SECRETS_BROKEN = "Tệp khóa hỏng: lấy lại từ nơi cất giữ. / A secret is malformed: take it from escrow."
_PLACES = "PostgreSQL (DATABASE_URL), NATS (NATS_URL)"


def sentence(error: BaseException) -> str:
    """What to do, in Vietnamese and English, with the error's code."""
    return f"{code_of(error)}: {_advice(error)}"


def _advice(error: BaseException) -> str:
    if isinstance(error, SecurityError):
        return _SECRETS.get(error.code, _SECRETS_BROKEN)
    if isinstance(error, PermissionError):
        return (
            f"Tài khoản này không được mở {error.filename}: chạy bằng tài khoản của người vận hành. "
            f"/ This account may not open {error.filename}: run it as the operator."
        )
    if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError | FileExistsError):
        return f"Xem lại đường dẫn {error.filename}. / Look at the path {error.filename} again."
    if isinstance(error, asyncpg.InvalidPasswordError | asyncpg.InvalidAuthorizationSpecificationError):
        return (
            "PostgreSQL không nhận tên hay mật khẩu: kiểm tra DATABASE_URL và SECRETS_DIR, có phải của cùng một hệ "
            "thống không. / PostgreSQL refuses name or password: do DATABASE_URL and SECRETS_DIR belong together?"
        )
    if isinstance(
        error, asyncpg.UndefinedTableError | asyncpg.InvalidCatalogNameError | asyncpg.InvalidSchemaNameError
    ):
        return (
            "Ở đó chưa có hệ thống, hoặc là phiên bản khác: kiểm tra DATABASE_URL, chạy `donthu migrate`. "
            "/ There is no house, or one of another version: check DATABASE_URL, run `donthu migrate`."
        )
    if isinstance(error, nats.js.errors.APIError):
        return f"NATS từ chối: {error.description}. / NATS refuses: {error.description}."
    if isinstance(error, OSError | TimeoutError | asyncpg.PostgresError | asyncpg.InterfaceError | nats.errors.Error):
        return (
            f"Không hỏi được {_PLACES}: máy chủ có chạy không, địa chỉ có đúng không? `donthu doctor` cho biết thêm. "
            f"/ {_PLACES} does not answer: does it run, is the address right? `donthu doctor` says more."
        )
    return str(type(error).__doc__)
