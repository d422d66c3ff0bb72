"""The operator's verbs find a house that runs, and only that."""

from pathlib import Path

import pytest

from operations.embedded.datadir import DataDir
from operations.embedded.errors import LocalRunError
from operations.embedded.running import Running, announce, find, withdraw

WHERE = Running("postgresql://somewhere/x", "nats://somewhere", "secrets", "mails")


def refused(folder: Path, state: Path) -> str:
    with pytest.raises(LocalRunError) as caught:
        find(folder, state_root=state)
    return caught.value.code


def test_a_running_house_is_found_until_it_ends(tmp_path: Path) -> None:
    folder, state = tmp_path / "data", tmp_path / "state"
    assert refused(folder, state) == "no_house"
    assert not folder.exists(), "looking makes nothing"
    with DataDir.open(folder, state_root=state) as data:
        assert refused(folder, state) == "no_house", "still starting"
        announce(data.root, WHERE)
        assert (data.root / "running.json").stat().st_mode & 0o777 == 0o600
        assert find(folder, state_root=state) == WHERE
        assert find(folder, state_root=state) == WHERE, "looking takes no lock"
        withdraw(data.root)
        assert refused(folder, state) == "no_house"


def test_a_house_that_was_killed_is_not_found(tmp_path: Path) -> None:
    folder, state = tmp_path / "data", tmp_path / "state"
    with DataDir.open(folder, state_root=state) as data:
        announce(data.root, WHERE)
    assert refused(folder, state) == "no_house"


def test_a_file_is_no_house(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x", encoding="utf-8")
    assert refused(tmp_path / "letter.txt", tmp_path / "state") == "no_house"
