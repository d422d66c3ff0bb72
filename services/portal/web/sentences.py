"""What a refusal says on a page."""

from services.portal.web.heirs import advice
from services.portal.web.visit import Visit
from shared.contracts.denial import Denied


def sentence(visit: Visit, refusal: Denied) -> str:
    """The sentence with advice for a refusal, with the place in a text when there is one."""
    text = advice(visit.door.directory, visit.texts, refusal)
    if refusal.error.position is None:
        return text
    return f"{text} ({visit.texts.phrase('vị trí')} {refusal.error.position + 1})"
