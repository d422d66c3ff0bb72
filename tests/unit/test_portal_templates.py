"""A template that names what nobody gives it is found when the door opens."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.portal import web
from services.portal.app import Settings, build
from services.portal.web.base import rendering
from services.portal.web.base.rendering import TEMPLATES, UnknownName, check, environment_of, needs


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
        ('{{ m.shown("x") }}', ""),
        ('{{ m.shwon("x") }}', "shwon of macros.html"),
        ('{% from "macros.html" import shown %}{{ shown("x") }}', ""),
        ('{% from "macros.html" import hidden %}{{ hidden("x") }}', "hidden of macros.html"),
    ],
)
def test_a_name_that_nobody_gives_is_found_at_start(tmp_path: Path, template: str, unknown: str) -> None:
    (tmp_path / "page.html").write_text(template, encoding="utf-8")
    (tmp_path / "part.html").write_text("{# needs: inside #}{{ inside }}", encoding="utf-8")
    (tmp_path / "macros.html").write_text("{% macro shown(x) %}{{ x }}{% endmacro %}", encoding="utf-8")
    if not unknown:
        check(environment_of(tmp_path))
        return
    with pytest.raises(UnknownName, match=unknown):
        check(environment_of(tmp_path))


def test_the_templates_that_are_shipped_name_what_they_are_given() -> None:
    check()


def pages() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every place that shows a page: where it stands, its template, the names it gives."""
    for module in sorted(Path(web.__file__).parent.rglob("*.py")):
        for call in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "page"):
                continue
            [template, *_] = call.args
            assert isinstance(template, ast.Constant), f"{module.name}:{call.lineno}: a page by a name that is computed"
            given = frozenset(keyword.arg or "**" for keyword in call.keywords)
            yield f"{module.name}:{call.lineno}", template.value, given


def test_every_page_gives_its_template_what_it_needs_and_nothing_else() -> None:
    shown = list(pages())
    for where, template, given in shown:
        assert given == needs(TEMPLATES[template].read_text(encoding="utf-8")), f"{where} and {template}"
    parts = {"base.html", "macros.html", "working_copy_body.html", "working_text.html"}
    assert {template for _, template, _ in shown} == TEMPLATES.keys() - parts


def test_no_two_rooms_have_a_template_of_one_name() -> None:
    names = [path.name for path in Path(web.__file__).parent.glob("*/*.html")]
    assert sorted(names) == sorted(TEMPLATES)


async def test_an_unknown_name_stops_the_start_before_anything_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is neither a database nor a bus at these addresses."""
    (tmp_path / "page.html").write_text("{{ kase }}", encoding="utf-8")
    monkeypatch.setattr(rendering, "_environment", environment_of(tmp_path))
    nowhere = {"database_url": "postgresql://nowhere/x", "nats_url": "nats://nowhere", "secrets_dir": tmp_path / "none"}
    with pytest.raises(UnknownName, match="kase"):
        await build(Settings.model_validate({"realm": "test", **nowhere}))
