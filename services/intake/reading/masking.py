"""The working text: the letter with the sender's own name, numbers and address masked."""

from shared.contracts.intake import Letter
from shared.text import fold, fold_with_offsets

MASK = "█"


def working_text(letter: Letter) -> str:
    """Mask, without regard to case or diacritics, whatever of the sender's own data stands in the text."""
    folded, offsets = fold_with_offsets(letter.text)
    masked = list(letter.text)
    for secret in (letter.sender_name, letter.sender_id_number, letter.sender_address, letter.phone, letter.email):
        wanted = fold(secret.strip())
        if len(wanted) < 3:
            continue
        start = folded.find(wanted)
        while start >= 0:
            end = start + len(wanted)
            for place in range(offsets[start], offsets[end - 1] + 1):
                masked[place] = MASK
            start = folded.find(wanted, end)
    return "".join(masked)
