"""Test modules are read by pytest alone: what several need stands in tests/builders, and benchmarks need no tests."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FROM_A_TEST = re.compile(r"^\s*(?:from|import) tests(?:\.\w+)*\.test_\w+", re.MULTILINE)
_FROM_TESTS = re.compile(r"^\s*(?:from|import) tests\b", re.MULTILINE)


def found(folder: str, pattern: re.Pattern[str]) -> list[str]:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    return [str(file.relative_to(ROOT)) for file in files if pattern.search(file.read_text(encoding="utf-8"))]


def test_nobody_imports_from_a_test_module() -> None:
    assert found("tests", _FROM_A_TEST) == []


def test_benchmarks_import_no_tests() -> None:
    assert found("benchmarks", _FROM_TESTS) == []
