"""The planted defects fit the source, and the runner distinguishes a defect that is caught from one that is not."""

import re
from pathlib import Path

import pytest

from tests.mutants.__main__ import chosen, run
from tests.mutants.planting import Copy, Defect, Stale, check, patched, read_defects
from tests.mutants.trial import Verdict, try_defect

SOURCE = "def add(a, b):\n    return a + b\n"
TESTS = """from app import add


def test_it_adds():
    assert add(2, 2) == 4


def test_it_runs():
    add(1, 1)
"""


def _defect(after: str = "return a - b", before: str = "return a + b", **more: object) -> Defect:
    values = {"name": "minus", "breaks": "It subtracts.", "file": "app.py", "tests": ("test_app.py",)}
    return Defect(**values | {"before": before, "after": after} | more)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "app.py").write_text(SOURCE)
    (root / "test_app.py").write_text(TESTS)
    return root


@pytest.fixture
def copy(checkout: Path, tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy", checkout)


def _run(checkout: Path, *defects: Defect) -> tuple[int, str]:
    told: list[str] = []
    code = run(defects, checkout, checkout.parent, 1, told.append)
    return code, "\n".join(told)


def test_every_defect_fits_the_source_and_names_tests_that_exist() -> None:
    defects = read_defects()
    check(defects)
    assert len(defects) >= 40
    assert all(defect.breaks and defect.tests and defect.before != defect.after for defect in defects)


def test_ten_run_in_ci() -> None:
    assert len(chosen(read_defects(), None, ten=True)) == 10


def test_a_defect_of_another_name_is_no_defect() -> None:
    assert [defect.name for defect in chosen([_defect()], ["minus"], ten=False)] == ["minus"]
    with pytest.raises(ValueError, match="there is no defect called plus"):
        chosen([_defect()], ["plus"], ten=False)


def test_a_name_is_given_once(tmp_path: Path) -> None:
    table = '[one]\nbreaks = "x"\nfile = "f"\nbefore = "a"\nafter = "b"\ntests = ["t"]\n'
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(table)
    with pytest.raises(ValueError, match="two defects are called one"):
        read_defects(tmp_path)


@pytest.mark.parametrize(
    ("text", "why"), [("return a * b\n", "is not found in app.py"), ("return a + b\n" * 2, "is found 2 times")]
)
def test_a_line_that_is_not_there_exactly_once_is_stale(text: str, why: str) -> None:
    with pytest.raises(Stale, match=why):
        patched(text, _defect())


def test_a_file_or_a_test_that_is_gone_is_stale_too(checkout: Path) -> None:
    check([_defect()], checkout)
    for gone in (_defect(file="gone.py"), _defect(tests=("test_gone.py::test_it_adds",))):
        with pytest.raises(Stale, match=r"there is no (test_)?gone\.py"):
            check([gone], checkout)


def test_a_defect_has_the_indentation_of_its_line_and_leaves_with_its_block(copy: Copy) -> None:
    path = copy.folder / "app.py"
    before = path.stat().st_mtime_ns
    with copy.planted(_defect()):
        assert path.read_text() == "def add(a, b):\n    return a - b\n"
        # With the same size and time, Python would use the compiled module of the other source.
        assert path.stat().st_mtime_ns != before
    assert (path.read_text(), path.stat().st_mtime_ns) == (SOURCE, before)


def test_one_that_is_caught_is_reported_with_its_test(copy: Copy) -> None:
    trial = try_defect(copy, _defect())
    assert (trial.verdict, trial.test) == (Verdict.CAUGHT, "test_app.py::test_it_adds")


def test_one_that_keeps_its_tests_from_running_is_broken_and_not_caught(copy: Copy) -> None:
    assert try_defect(copy, _defect("return a +", tests=("test_app.py",))).verdict is Verdict.BROKEN
    assert try_defect(copy, _defect(tests=("test_app.py::test_it_multiplies",))).verdict is Verdict.BROKEN


def test_a_survivor_is_reported_with_its_line_and_is_an_error(checkout: Path) -> None:
    caught, survivor = _defect(), _defect(name="untested", tests=("test_app.py::test_it_runs",))
    code, told = _run(checkout, caught, survivor)
    assert code == 1
    assert re.search(r"^minus +caught .* test_app.py::test_it_adds$", told, re.MULTILINE)
    assert "untested survived: It subtracts." in told
    assert "+ return a - b" in told
    assert "2 planted defects, 1 caught, 1 not" in told
    assert (checkout / "app.py").read_text() == SOURCE


def test_all_caught_is_no_error(checkout: Path) -> None:
    code, told = _run(checkout, _defect())
    assert code == 0
    assert "1 planted defects, 1 caught, 0 not" in told


def test_tests_that_fail_without_a_defect_prove_nothing(checkout: Path) -> None:
    (checkout / "app.py").write_text("def add(a, b):\n    return a + b + 1\n")
    code, told = _run(checkout, _defect(before="return a + b + 1"))
    assert code == 1
    assert told.startswith("The tests fail without a planted defect")
