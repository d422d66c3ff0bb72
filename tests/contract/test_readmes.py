"""What the documents say of the wiring and of the procedure is what the tables say."""

import pytest

from shared.contracts.house import SERVICES
from shared.contracts.published.wiring import ROOT, readme_of, written
from shared.procedure.picture import BEGIN, END, picture


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_readme_says_what_it_reads_emits_and_answers(service: str) -> None:
    text = readme_of(service).read_text(encoding="utf-8")
    assert text == written(text, service), "run `python -m shared.contracts.published.wiring`"


def test_the_picture_of_the_stages_is_drawn_from_the_table() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert text.split(BEGIN)[1].split(END)[0] == picture(), "run `python -m shared.procedure.picture`"
