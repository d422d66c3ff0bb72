"""A data folder of the version before goes on with this one: migrated, worked with, and the books balance."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from operations.embedded.ports import free_port
from simulation.door import Refusal
from tests.builders.command_line import donthu
from tests.console import Person, a_letter
from tests.world import until

BEFORE = "25021832926c97b676e167ddbe62522af9e6afcf"
"""The version before: its `donthu up` plays the district's first days into the folder."""
BEFORE_MODULE, NOW_MODULE = "deploy.cli", "operations.cli"
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(600)


def code_of(commit: str, folder: Path) -> Path:
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        pytest.skip(f"this copy of the project does not reach back to {commit[:7]}")
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


@asynccontextmanager
async def up(code: Path, module: str, data: Path) -> AsyncIterator[str]:
    """`donthu up` of a version, until it has written its address; then an orderly end."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, "up", "--data-dir", str(data), "--port", str(port),
        cwd=code, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        while line := await process.stdout.readline():
            if b"/track" in line:
                break
        else:
            raise AssertionError(f"{module} ended with {await process.wait()}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        await process.communicate()


async def test_a_folder_of_the_version_before_is_taken_over(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    data = tmp_path / "data"
    async with up(code_of(BEFORE, tmp_path / "before"), BEFORE_MODULE, data) as url:
        case_id = await accepted_and_given_to_another(url)
        before = await listed(url)
    async with up(ROOT, NOW_MODULE, data) as url:
        assert await listed(url) == before
        holder = await Person(url, "le-lai-05").sign_in()
        await act(holder, case_id, "take-over", "accepted", nothing_bars_me=True)
        status, out = await donthu("replay", "portal", "--check", "--data-dir", str(data), "--json")
        assert (status, set(json.loads(out)["differing"].values())) == (0, {0})
        assert await until(lambda: _balanced(data), seconds=60, every=1)


async def listed(url: str) -> list[dict[str, Any]]:
    """How the cases of a commune stand, as its desk sees them."""
    desk = await Person(url, "le-lai-03").sign_in()
    shown = ("case_id", "stage", "holder_id", "task", "expected_result", "owed", "due_on", "documents")
    return [{name: row[name] for name in shown} for row in (await desk.get("/api/v1/cases?view=all"))["cases"]]


async def accepted_and_given_to_another(url: str) -> str:
    """A case whose notice of acceptance is owed when another officer is to take it over."""
    desk, head, holder = [await Person(url, f"le-lai-{number}").sign_in() for number in ("03", "01", "04")]
    case_id: str = (await desk.register(a_letter(), key=uuid4()))["case_id"]
    await until(lambda: _at(desk, case_id, "proposed"))
    given = {"kind": "complaint", "competent_authority_id": "le-lai", "holder_id": "le-lai-04"}
    await act(desk, case_id, "confirm", "open", service="routing", nobody_denounced=True, **given)
    await act(holder, case_id, "take-over", "taken", nothing_bars_me=True)
    day = (await head.get(f"/api/v1/cases/{case_id}"))["clocks"][0]["starts_on"]
    await act(head, case_id, "accept", "accepted", document_number="915/TB-UBND", accepted_on=day)
    await act(head, case_id, "reassign", "open", holder_id="le-lai-05")
    return case_id


async def act(who: Person, case_id: str, name: str, stage: str, *, service: str = "casework", **body: Any) -> None:
    """Do it, and see the case in its next stage."""
    version = (await who.get(f"/api/v1/cases/{case_id}"))["versions"][service]
    await who.post(f"/api/v1/cases/{case_id}/{name}", {"version": version, **body})
    await until(lambda: _at(who, case_id, stage))


async def _at(who: Person, case_id: str, stage: str) -> bool:
    try:
        return bool((await who.get(f"/api/v1/cases/{case_id}"))["stage"] == stage)
    except Refusal:
        return False


async def _balanced(data: Path) -> bool:
    status, out = await donthu("ledger", "--data-dir", str(data), "--json")
    return status == 0 and not any(json.loads(out).values())
