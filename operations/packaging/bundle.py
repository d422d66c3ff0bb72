"""Everything an installation without network needs, in one folder.

`python -m operations.packaging.bundle DIR [--images]` makes it.

Wheels, fetched by the hashes of the requirement files, the package itself, the container images (`--images`, after
`docker compose build`), the files that run them, `SHA256SUMS` over all of it, and INSTALL.md.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUMS = "SHA256SUMS"
PINS = "wheels.txt"
_RUNNING = (
    "docker-compose.yml",
    "docs/operations.md",
    "docs/architecture.md",
    *(f"deploy/{name}" for name in ("docker", "nats", "kubernetes", "otel", "prometheus", "grafana")),
)
_NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.py")
_IMAGE = re.compile(r"^\s+image: (\S+)$", re.MULTILINE)

INSTALL = f"""\
# Cài đặt không cần mạng / Installing without network

    sha256sum --check --strict {SUMS}

Compare the sum of `{SUMS}` itself with the one you were given on paper. Then either

- containers: `for file in images/*.tar; do docker load --input "$file"; done`, then
  `docker compose --env-file FILE up -d --no-build`,
  or the manifests in `deploy/kubernetes` with the images on every node; or
- this machine alone, Python {sys.version_info.major}.{sys.version_info.minor} as the bundle was made with:

      python3 -m venv venv
      venv/bin/pip install --no-index --find-links wheels --no-deps --require-hashes -r {PINS}
      venv/bin/donthu up

`docs/operations.md` goes on from here.
"""


def bundle(folder: Path, *, images: bool) -> None:
    """Fill an empty or new folder.

    Raises FileExistsError when something is there already, CalledProcessError when pip or docker fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(folder)
    for name in _RUNNING:
        copy(ROOT / name, folder / name)
    wheels = folder / "wheels"
    _pip("wheel", "--require-hashes", "-r", "requirements/local.txt", "--wheel-dir", str(wheels))
    build_package(wheels)
    (folder / PINS).write_text(pins(wheels), encoding="utf-8")
    if images:
        save_images(folder / "images")
    (folder / "INSTALL.md").write_text(INSTALL, encoding="utf-8")
    seal(folder)


def copy(source: Path, target: Path) -> None:
    """Copy a file, or of a folder what is no Python: that is in the package."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=_NOT_SHIPPED)
    elif source.exists():
        shutil.copy2(source, target)


def build_package(wheels: Path) -> None:
    """The package as a wheel, with its assets."""
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), ".")


def pins(wheels: Path) -> str:
    """Requirements of exactly these wheels; one that was built here has another hash than what it was built from."""
    parts = ((file.name.split("-")[:2], _digest(file)) for file in sorted(wheels.glob("*.whl")))
    return "".join(f"{name}=={version} --hash=sha256:{digest}\n" for (name, version), digest in parts)


def image_names() -> list[str]:
    """Images that docker-compose.yml names."""
    return sorted(set(_IMAGE.findall((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))))


def save_images(folder: Path) -> None:
    """One archive for each image; the images must be here already."""
    folder.mkdir()
    for name in image_names():
        archive = folder / f"{re.sub('[^a-z0-9.]+', '-', name)}.tar"
        subprocess.run(["docker", "save", "--output", str(archive), name], check=True)


def seal(folder: Path) -> None:
    """Write the sums of all files, sorted by name, as `sha256sum` reads them."""
    lines = [f"{_digest(file)}  {file.relative_to(folder).as_posix()}\n" for file in sorted(_files(folder))]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file() and file.name != SUMS)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"]
    subprocess.run(command, check=True, cwd=ROOT)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", action="store_true", help="also save the container images")
    given = parser.parse_args()
    bundle(given.folder, images=given.images)
