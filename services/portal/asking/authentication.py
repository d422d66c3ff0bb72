"""Who signs in, with a page or a program."""

from services.portal.asking.visit import Visit
from services.portal.entry import accounts
from services.portal.policy import viewer_of
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode


async def authenticate(visit: Visit, username: str, password: str) -> str:
    """A new session's token.

    Raises:
        Denied: `not_allowed` for a wrong name, a wrong password or nobody in office; `too_many_tries` at this
            name, and for those who failed, from this source.
    """
    door = visit.door
    door.signing_in.check(username)
    officer_id = await accounts.officer_of(door.pool, username, password)
    if officer_id is None or viewer_of(door.directory, officer_id, visit.today) is None:
        door.signing_in.failed(username, visit.source)
        raise Denied(ErrorCode.NOT_ALLOWED)
    return await door.sessions.start(officer_id)
