"""A template that names what nobody gives it is found when the door opens."""

from pathlib import Path

import pytest

from services.portal.app import Settings, build
from services.portal.web import rendering
from services.portal.web.rendering import UnknownName, check, environment_of


@pytest.mark.parametrize(
    ("template", "unknown"),
    [
        ("{{ lang }} {% set x = 1 %}{{ x }}", ""),
        ("{# needs: case #}{{ case.kind }}", ""),
        ("{% for each in viewer.heads %}{{ each }}{% endfor %}", ""),
        ("{{ kase }}", "kase"),
        ("{# needs: case #}{% if case %}{{ chioces.holder }}{% endif %}", "chioces"),
        ('{% include "part.html" %}', "inside"),
        ('{# needs: inside #}{% include "part.html" %}', ""),
    ],
)
def test_a_name_that_nobody_gives_is_found_at_start(tmp_path: Path, template: str, unknown: str) -> None:
    (tmp_path / "page.html").write_text(template, encoding="utf-8")
    (tmp_path / "part.html").write_text("{# needs: inside #}{{ inside }}", encoding="utf-8")
    if not unknown:
        check(environment_of(tmp_path))
        return
    with pytest.raises(UnknownName, match=unknown):
        check(environment_of(tmp_path))


def test_the_templates_that_are_shipped_name_what_they_are_given() -> None:
    check()


async def test_an_unknown_name_stops_the_start_before_anything_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is neither a database nor a bus at these addresses."""
    (tmp_path / "page.html").write_text("{{ kase }}", encoding="utf-8")
    monkeypatch.setattr(rendering, "_environment", environment_of(tmp_path))
    nowhere = {"database_url": "postgresql://nowhere/x", "nats_url": "nats://nowhere", "secrets_dir": tmp_path / "none"}
    with pytest.raises(UnknownName, match="kase"):
        await build(Settings.model_validate({"realm": "test", **nowhere}))
