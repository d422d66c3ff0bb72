from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.assets import font_faces, without_addresses
from deploy.packaging.requirements_check import pinned, problems, wanted

PROJECT = Path(__file__).parents[2]


def test_the_requirement_files_are_in_step() -> None:
    assert problems(PROJECT / "requirements") == []


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("runtime.txt", "", "runtime.txt: orjson is not pinned"),
        ("runtime.txt", "orjson==1.0\n", "runtime.txt: orjson has no hash"),
        ("local.txt", "orjson==2.0 \\\n    --hash=sha256:a\n", "local.txt: orjson differs from the layer below"),
        (
            "local.txt",
            "old==1 \\\n    --hash=sha256:a\n    # via -r requirements/local.in\n",
            "local.txt: old is asked for no more",
        ),
        ("dev.txt", "orjson==1.0 \\\n    --hash=sha256:a\n# https://elsewhere\n", "dev.txt: names an address"),
    ],
)
def test_what_is_out_of_step_is_named(tmp_path: Path, file: str, text: str, problem: str) -> None:
    for layer in ("runtime", "local", "dev"):
        (tmp_path / f"{layer}.in").write_text("# comment\norjson\n" if layer == "runtime" else "-c runtime.txt\n")
        (tmp_path / f"{layer}.txt").write_text("orjson==1.0 \\\n    --hash=sha256:a\n")
    assert problems(tmp_path) == []
    (tmp_path / file).write_text(text)
    assert problem in problems(tmp_path)


def test_names_are_compared_normalised_and_without_extras() -> None:
    assert wanted("Nats_Py[nkeys]>=2\n-r other.in\n# no\n") == {"nats-py"}
    assert pinned("Nats_Py==2.16.0 \\\nx==1 ; a\nx==2 ; b\n") == {"nats-py": "2.16.0", "x": "1 | 2"}


def test_the_asset_lock_names_integrity_but_no_address() -> None:
    text = (PROJECT / "deploy" / "assets" / "package-lock.json").read_text()
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in entry for path, entry in packages.items() if path)
    entry = {"version": "1", "resolved": "https://elsewhere", "funding": {}, "integrity": "x"}
    assert without_addresses({"packages": {"a": entry}}) == {"packages": {"a": {"version": "1", "integrity": "x"}}}


def test_font_rules_point_to_the_file_beside_them_only() -> None:
    css = "".join(
        "@font-face {\n  src: url(./files/be-vietnam-pro-" + subset + "-400-normal.woff2) format('woff2'), "
        "url(./files/be-vietnam-pro-" + subset + "-400-normal.woff) format('woff');\n  unicode-range: U+1;\n}\n"
        for subset in ("vietnamese", "latin-ext", "latin")
    )
    vietnamese, latin = font_faces(css, 400)
    assert "src: url(fonts/be-vietnam-pro-vietnamese-400-normal.woff2) format('woff2');" in vietnamese
    assert "src: url(fonts/be-vietnam-pro-latin-400-normal.woff2) format('woff2');" in latin
    assert "U+1" in latin
