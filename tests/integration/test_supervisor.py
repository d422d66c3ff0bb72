from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from operations.embedded.datadir import DataDir
from operations.embedded.errors import LocalRunError
from operations.embedded.keeper import Backoff
from operations.embedded.supervisor import Supervisor
from tests.integration.embedded import PROJECT, SOON, folder, gone, service
from tests.world import until

TELLS_WHEN_STOPPED = """
import signal, sys
def stop(*_):
    with open("{{0}}", "a") as f: f.write("{name}\\n")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
print("READY {name}", flush=True)
while True: signal.pause()
"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('READY {name}', flush=True)\n" + (
    "while True: signal.pause()"
)


@pytest.mark.parametrize(
    ("crashes", "delay"), [(1, 0.1), (2, 0.2), (3, 0.4), (6, 3.2), (9, 25.6), (10, 30.0), (100_000, 30.0)]
)
def test_the_delay_doubles_up_to_half_a_minute(crashes: int, delay: float) -> None:
    assert Backoff().delay(crashes) == delay


@pytest.mark.parametrize(("lasted", "crashes"), [(0.0, 6), (59.9, 6), (60.0, 1), (3600.0, 1)])
def test_a_minute_of_health_forgets_earlier_crashes(lasted: float, crashes: int) -> None:
    assert Backoff().crashes(5, lasted) == crashes


async def test_a_crashing_service_is_restarted_after_growing_delays_for_ever(tmp_path: Path) -> None:
    delays: list[float] = []
    enough = asyncio.Event()

    async def sleep(seconds: float) -> None:
        delays.append(seconds)
        if len(delays) == 9:
            enough.set()
            await asyncio.Event().wait()

    supervisor = Supervisor([service("broken", "raise SystemExit(3)")], tmp_path, sleep=sleep, clock=lambda: 0.0)
    starting = asyncio.create_task(supervisor.start())
    await enough.wait()
    status = supervisor.statuses()["broken"]
    starting.cancel()
    await supervisor.stop()
    assert delays == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6]
    assert (status.state, status.restarts, status.retry_in, status.pid) == ("restarting", 8, 25.6, None)


@pytest.mark.chaos
async def test_a_killed_service_comes_back_while_the_others_run_on(tmp_path: Path) -> None:
    supervisor = Supervisor([service("one"), service("two")], tmp_path, backoff=SOON)
    try:
        await supervisor.start()
        before = supervisor.statuses()
        await supervisor.kill("one")
        await supervisor.ready()
        after = supervisor.statuses()
        assert after["one"].pid != before["one"].pid
        assert after["one"].restarts == 1
        assert after["two"] == before["two"]
    finally:
        await supervisor.stop()
    assert {status.state for status in supervisor.statuses().values()} == {"stopped"}


async def test_services_stop_in_reverse_order(tmp_path: Path) -> None:
    order = tmp_path / "order"
    program = TELLS_WHEN_STOPPED.replace("{{0}}", str(order))
    supervisor = Supervisor([service(name, program) for name in ("one", "two", "three")], tmp_path)
    await supervisor.start()
    await supervisor.stop()
    assert order.read_text().split() == ["three", "two", "one"]


async def test_a_service_deaf_to_the_request_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor([service("deaf", DEAF)], tmp_path, grace=0.1)
    await supervisor.start()
    pid = supervisor.statuses()["deaf"].pid
    await supervisor.stop()
    assert pid is not None
    assert gone(pid)


async def test_a_service_that_never_gets_ready_is_named(tmp_path: Path) -> None:
    supervisor = Supervisor([service("mute", "import signal; signal.pause()")], tmp_path)
    try:
        with pytest.raises(LocalRunError, match=r"mute .*mute\.log") as failed:
            await supervisor.start(ready_within=0.2)
        assert failed.value.code == "service_not_ready"
    finally:
        await supervisor.stop()


async def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    missing = service("missing")
    supervisor = Supervisor([type(missing)("missing", [str(tmp_path / "nothing")], {})], tmp_path)
    with pytest.raises(LocalRunError) as failed:
        await supervisor.start()
    await supervisor.stop()
    assert failed.value.code == "service_not_started"


async def test_a_service_gets_its_own_environment_only_and_its_output_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "of somebody else")
    program = (
        "import os, sys, signal; print('x' * 100_000); print(sorted(os.environ), file=sys.stderr)\n"
        "print('READY {name}', flush=True); signal.pause()"
    )
    supervisor = Supervisor([service("plain", program, OWN="1")], tmp_path)
    await supervisor.start()
    await supervisor.stop()
    log = (tmp_path / "plain.log").read_text()
    assert "'OWN'" in log
    assert "DATABASE_URL" not in log
    assert log.count("x") == 100_000, "stderr's line may stand among them"


def test_two_runs_share_no_data_folder_but_run_side_by_side_on_two() -> None:
    with folder() as root:
        first = DataDir.open(root / "a", state_root=root / "state")
        with pytest.raises(LocalRunError) as refused:
            DataDir.open(root / "a", state_root=root / "state")
        assert refused.value.code == "data_dir_in_use"
        DataDir.open(root / "b", state_root=root / "state").close()
        first.close()
        DataDir.open(root / "a", state_root=root / "state").close()


def test_below_a_private_home_the_data_folder_is_where_the_servers_can_reach_it() -> None:
    with folder(0o700) as home, folder() as state_root:
        with DataDir.open(home / "data", state_root=state_root) as data:
            expected = state_root / "data" if os.geteuid() == 0 else home
            assert data.root.parent == expected
        home.chmod(0o711)  # reachable now, yet the data stay where they are
        with DataDir.open(home / "data", state_root=state_root) as again:
            assert again.root == data.root


@pytest.mark.chaos
@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 0), (signal.SIGINT, 0)])
async def test_no_process_outlives_the_supervising_one_and_the_next_run_has_the_rows(
    number: signal.Signals, code: int
) -> None:
    with folder() as root:
        for start in (1, 2):
            run = _supervising(root / "data")
            assert run.stdout is not None
            with run.stdout:
                told = json.loads(run.stdout.readline())
            assert told["starts"] == start
            assert len(told["pids"]) > 8
            run.send_signal(number)
            assert run.wait() == code
            await until(lambda pids=told["pids"]: all(map(gone, pids)), seconds=60)  # type: ignore[misc]


def _supervising(data: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.integration.embedded", str(data)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
