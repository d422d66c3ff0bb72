"""The house stays readable: small modules, short functions, few modules a folder."""

import ast
from collections import Counter
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parents[2]
PRODUCT = ("services", "shared", "operations", "simulation", "benchmarks")
LONGEST = 300
"""Lines of a module."""
MOST_MODULES = 15


def modules(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


def lengths(files: list[Path]) -> dict[str, int]:
    return {str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in files}


def functions(file: Path) -> list[int]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in found]


def ninth_tenth(values: list[int]) -> float:
    return quantiles(values, n=10)[-1]


def test_no_module_is_longer_than_one_reads_at_a_time() -> None:
    found = lengths(modules(*PRODUCT, "tests"))
    assert {name: length for name, length in found.items() if length > LONGEST} == {}


def test_modules_of_the_product_are_small() -> None:
    found = list(lengths(modules(*PRODUCT)).values())
    assert median(found) <= 75
    assert ninth_tenth(found) <= 165


def test_functions_are_short() -> None:
    assert ninth_tenth([length for file in modules(*PRODUCT) for length in functions(file)]) <= 17


def test_a_folder_holds_few_modules() -> None:
    found = Counter(str(file.parent.relative_to(ROOT)) for file in modules(*PRODUCT) if file.name != "__init__.py")
    assert {folder: count for folder, count in found.items() if count > MOST_MODULES} == {}
