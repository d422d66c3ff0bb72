"""The operator's command as it is run: ledger, chain online and from an export, held events, due dates by lines."""

import asyncio
import json
import stat
import sys
from pathlib import Path

from tests.builders.command_line import donthu
from tests.console import a_letter
from tests.house import RunningHouse


def reach(house: RunningHouse) -> dict[str, str]:
    """Where the house is."""
    return {
        "DATABASE_URL": house.stack.database_url,
        "NATS_URL": house.stack.nats_url,
        "SECRETS_DIR": str(house.stack.data.secrets),
    }


async def test_the_chain_verifies_online_and_offline_and_a_changed_export_does_not(
    house: RunningHouse, tmp_path: Path
) -> None:
    desk = await house.person("le-lai-03")
    await desk.register(a_letter())
    await house.quiet()
    status, out = await donthu("audit", "verify", "--json", environment=reach(house))
    result = json.loads(out)
    assert (status, result["verified"]) == (0, True)
    export = tmp_path / "chain.jsonl"
    assert (await donthu("audit", "export", "--to", str(export), environment=reach(house)))[0] == 0
    status, out = await donthu("audit", "verify", "--export", str(export), "--head", result["head"], "--json")
    assert (status, json.loads(out)["verified"]) == (0, True)
    text = await asyncio.to_thread(export.read_text, "utf-8")
    await asyncio.to_thread(export.write_text, text.replace("complaint", "feedback", 1), "utf-8")
    status, out = await donthu("audit", "verify", "--export", str(export), "--json")
    assert (status, json.loads(out)["verified"]) == (1, False)


async def test_a_running_house_is_found_by_its_data_folder(house: RunningHouse) -> None:
    await house.quiet()
    folder = ("--data-dir", str(house.stack.data.requested))
    status, out = await donthu("ledger", *folder, "--json")
    assert (status, {name: value for name, value in json.loads(out).items() if value}) == (0, {})
    assert (await donthu("audit", "verify", *folder))[0] == 0
    assert (await donthu("held", "list", *folder))[0] == 0


async def test_where_no_house_runs_a_sentence_says_what_to_do(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "operations.cli", "ledger", "--data-dir", str(tmp_path / "none"),
        stderr=asyncio.subprocess.PIPE, env={"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"},
    )  # fmt: skip
    _, said = await process.communicate()
    assert process.returncode == 2
    assert "make run" in said.decode()
    assert "Traceback" not in said.decode()
    assert not (tmp_path / "none").exists()


async def test_the_ledger_balances_and_nothing_is_held(house: RunningHouse) -> None:
    await house.quiet()
    status, out = await donthu("ledger", "--mails", str(house.stack.data.mails), "--json", environment=reach(house))
    assert (status, {name: value for name, value in json.loads(out).items() if value}) == (0, {})
    status, out = await donthu("held", "list", "--json", environment=reach(house))
    assert (status, json.loads(out)) == (0, {"held": []})


async def test_a_running_house_is_copied_and_its_read_model_compared(house: RunningHouse, tmp_path: Path) -> None:
    await house.quiet()
    copy = tmp_path / "copy"
    arguments = ("backup", "--to", str(copy), "--journal", str(tmp_path / "all.journal"), "--json")
    status, out = await donthu(*arguments, environment=reach(house))
    said = json.loads(out)
    assert (status, said["backup"], said["journal"]["lines"]) == (0, str(copy), said["events"])
    folders = (copy, Path(said["keys"]))
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
    assert {stat.S_IMODE(file.stat().st_mode) for folder in folders for file in folder.iterdir()} == {0o600}
    assert (await donthu(*arguments, environment=reach(house)))[0] == 1
    status, out = await donthu("replay", "portal", "--check", "--json", environment=reach(house))
    compared = json.loads(out)
    assert (status, set(compared["differing"].values()), compared["exchanged"]) == (0, {0}, False)


async def test_officers_are_given_accounts(house: RunningHouse) -> None:
    status, _ = await donthu(
        "accounts", "add", "le-lai-03", "thach-an-07", stdin="mot-hai-ba-bon\n", environment=reach(house)
    )
    assert status == 0


async def test_nobody_outside_the_directory_is_given_an_account(house: RunningHouse) -> None:
    status, _ = await donthu(
        "accounts", "add", "le-lai-03", "somebody", stdin="mot-hai-ba-bon\n", environment=reach(house)
    )
    assert status == 2


async def test_due_dates_are_answered_line_by_line() -> None:
    lines = [
        '{"rule": "KN-12", "start": "2025-01-06"}',
        '{"rule": "KN-14", "start": "2025-01-06", "complicated": true}',
        '{"rule": "KN-12", "start": "2025-01-06", "complicated": true}',
        '{"rule": "KN-12", "start": "2026-11-16"}',
        "not json",
    ]
    status, out = await donthu("law", "due", "--batch", stdin="\n".join(lines))
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [answer.get("due") or answer["error"] for answer in answers] == [
        "2025-01-16",
        "2025-02-20",
        "option_not_known",
        "2026-11-25",
        "malformed_line",
    ]
    assert [answer.get("provisional") for answer in answers] == [False, False, None, True, None]
