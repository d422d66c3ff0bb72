from __future__ import annotations

import json
import subprocess
import venv
from hashlib import sha256
from pathlib import Path

import pytest

from operations.packaging.assets import font_faces, without_addresses
from operations.packaging.bundle import INSTALL, SUMS, build_package, bundle, image_names, pins, seal
from operations.packaging.requirements_check import pinned, problems, wanted

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


def test_a_bundle_names_every_wheel_by_its_own_hash_and_every_file_in_its_sums(tmp_path: Path) -> None:
    wheel = tmp_path / "wheels/don_thu-0.1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"wheel")
    digest = sha256(b"wheel").hexdigest()
    assert pins(wheel.parent) == f"don_thu==0.1.0 --hash=sha256:{digest}\n"
    (tmp_path / "INSTALL.md").write_text(INSTALL, encoding="utf-8")
    seal(tmp_path)
    check = ["sha256sum", "--check", "--strict", "--status", SUMS]
    assert subprocess.run(check, cwd=tmp_path, check=False).returncode == 0
    wheel.write_bytes(b"another")
    assert subprocess.run(check, cwd=tmp_path, check=False).returncode == 1


def test_a_bundle_is_made_in_an_empty_folder_only(tmp_path: Path) -> None:
    (tmp_path / "here").touch()
    with pytest.raises(FileExistsError):
        bundle(tmp_path, images=False)


def test_a_bundle_installs_into_a_fresh_environment_without_network(tmp_path: Path) -> None:
    """Our own wheel; what it needs is fetched by `pip` alone and is not ours to test."""
    wheels = tmp_path / "wheels"
    build_package(wheels)
    (tmp_path / "wheels.txt").write_text(pins(wheels), encoding="utf-8")
    venv.create(tmp_path / "venv", with_pip=True)
    install = ["install", "--quiet", "--no-index", "--find-links", "wheels", "--no-deps", "--require-hashes"]
    python = str(tmp_path / "venv/bin/python")
    subprocess.run([python, "-m", "pip", *install, "-r", "wheels.txt"], cwd=tmp_path, check=True)
    look = "from importlib.resources import files; print((files('services.routing') / 'queries.sql').is_file())"
    seen = subprocess.run([python, "-c", look], cwd=tmp_path, capture_output=True, check=True)
    assert seen.stdout == b"True\n"
    assert (tmp_path / "venv/bin/donthu").is_file()


def test_every_image_of_the_compose_file_is_bundled() -> None:
    assert {"don-thu-intake", "don-thu-operator", "postgres:18", "nats:2.15-alpine"} <= set(image_names())
