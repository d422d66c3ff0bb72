"""The stages of a letter and its case as a state diagram, drawn from the table.

`python -m shared.procedure.picture` writes it into docs/architecture.md; a test compares.
"""

from pathlib import Path

from shared.contracts.vocabulary import Stage
from shared.procedure.stages import ENDED, LEADS_TO

DOCUMENT = Path(__file__).parents[2] / "docs" / "architecture.md"
BEGIN, END = "<!-- stages: drawn by `python -m shared.procedure.picture` -->", "<!-- /stages -->"


def picture() -> str:
    """A Mermaid state diagram in its fence."""
    lines = [f"  [*] --> {Stage.REGISTERED}"]
    for (stage, act), ends in LEADS_TO.items():
        lines += [f"  {stage} --> {end}: {act}" for end in ends]
    lines += [f"  {stage} --> [*]" for stage in ENDED]
    return "\n```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n"


if __name__ == "__main__":
    head, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    _, tail = rest.split(END)
    DOCUMENT.write_text(f"{head}{BEGIN}{picture()}{END}{tail}", encoding="utf-8")
