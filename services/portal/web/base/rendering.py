"""Templates: escaped by default, undefined names are errors, found when the door opens and not when somebody reads.

A template says in its first line what its page gives it: `{# needs: case text #}`.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta, nodes

TEMPLATES: Mapping[str, Path] = {path.name: path for path in sorted(Path(__file__).parents[1].glob("*/*.html"))}
"""Every template, by its name; each stands in the room whose pages it is."""
COMMON = frozenset({
    "visit", "viewer", "show", "label", "_", "lang", "demo", "path", "form_token", "fresh_key",
})  # fmt: skip
"""What every page has (`Visit.page`)."""
_BASE = frozenset({"m"})
"""What pages have from `base.html`."""
_NEEDS = re.compile(r"\{# needs:([\w ]*)#\}")


class UnknownName(Exception):
    """A template uses a name that nobody gives it."""

    code = "template_name_unknown"

    def __init__(self, template: str, names: frozenset[str]) -> None:
        super().__init__(f"{template}: {', '.join(sorted(names))}")


def environment_of(*folders: Path) -> Environment:
    """The templates of these folders."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_environment = environment_of(*sorted({path.parent for path in TEMPLATES.values()}))


def check(environment: Environment | None = None) -> None:
    """Compile every template and look whether somebody gives it all that it names.

    Raises:
        UnknownName: a name that is neither common nor needed, a macro that is none.
        jinja2.TemplateSyntaxError: a template that is none.
    """
    environment = environment or _environment
    for name in environment.list_templates(extensions=["html"]):
        assert environment.loader is not None
        source, _, _ = environment.loader.get_source(environment, name)
        environment.get_template(name)
        tree = environment.parse(source)
        named = meta.find_undeclared_variables(tree).union(*(_needs_of(environment, each) for each in _included(tree)))
        unknown = named - COMMON - _BASE - needs(source) - _own(tree) | _lacking(environment, tree)
        if unknown:
            raise UnknownName(name, frozenset(unknown))


def _included(tree: nodes.Template) -> Iterator[str]:
    for include in tree.find_all(nodes.Include):
        if isinstance(include.template, nodes.Const):
            yield include.template.value


def _lacking(environment: Environment, tree: nodes.Template) -> frozenset[str]:
    """Macros asked of `macros.html`, or taken from another template, that are not there."""
    asked = {("macros.html", each.attr) for each in tree.find_all(nodes.Getattr) if _is_macros(each.node)}
    for each in tree.find_all(nodes.FromImport):
        if isinstance(each.template, nodes.Const):
            names = (name if isinstance(name, str) else name[0] for name in each.names)
            asked |= {(each.template.value, name) for name in names}
    return frozenset(f"{name} of {place}" for place, name in asked if name not in _macros_of(environment, place))


def _is_macros(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name in _BASE


def _macros_of(environment: Environment, name: str) -> frozenset[str]:
    assert environment.loader is not None
    tree = environment.parse(environment.loader.get_source(environment, name)[0])
    return frozenset(each.name for each in tree.find_all(nodes.Macro))


def _needs_of(environment: Environment, name: str) -> frozenset[str]:
    assert environment.loader is not None
    return needs(environment.loader.get_source(environment, name)[0])


def _own(tree: nodes.Template) -> frozenset[str]:
    """Names that a template sets or imports itself, whatever its blocks and macros see of them."""
    imported = {
        name if isinstance(name, str) else name[1] for each in tree.find_all(nodes.FromImport) for name in each.names
    }
    stored = {each.target.name for each in tree.find_all(nodes.Assign) if isinstance(each.target, nodes.Name)}
    return frozenset(imported | stored)


def needs(source: str) -> frozenset[str]:
    """What a template says that its page gives it."""
    found = _NEEDS.match(source)
    return frozenset(found[1].split()) if found else frozenset()


def render(template: str, values: Mapping[str, Any]) -> str:
    """A page as text."""
    return _environment.get_template(template).render(values)
