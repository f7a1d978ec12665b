"""Each bound of the source is named in a test, or stands in a list with the reason. The list only gets shorter."""

import ast

import pytest

from .bounds import bounds, bounds_in, named_in_tests, names_in
from .untested import UNTESTED

EXCUSED = {name for names in UNTESTED.values() for name in names}


def test_every_bound_is_named_in_a_test() -> None:
    assert sorted(bounds() - named_in_tests() - EXCUSED) == []


def test_the_list_of_exceptions_only_gets_shorter() -> None:
    """What a test names, or what is gone, leaves the list."""
    assert sorted(EXCUSED - (bounds() - named_in_tests())) == []
    assert sum(map(len, UNTESTED.values())) == len(EXCUSED)


def test_bounds_are_numbers_and_spans_of_time_in_capitals() -> None:
    source = """
A = 5
_B: int = 64 << 10
C = A * 2 - 1.5
D = timedelta(minutes=5)
E = -1
K, L = 2, 0.5
M = 2 * COMMIT_WAIT_S
N = COMMIT_WAIT_S
no = 5
F = "5"
G = True
H = (1, 2)
I = float("inf")
def f():
    J = 5
"""
    assert bounds_in(ast.parse(source)) == {"A", "_B", "C", "D", "E", "K", "L", "M"}


@pytest.mark.parametrize(
    "source",
    [
        "from app.a.b import C",
        "from app.a.b import C as D",
        "from app.a import b\nb.C",
        "from app.a import b as x\nx.C",
        "import app.a.b as x\nx.C",
        "from app.a import b\npatch.setattr(b, 'C', 1)",
        "patch.setattr('app.a.b.C', 1)",
    ],
)
def test_imports_attributes_and_replacements_name_a_bound(source: str) -> None:
    assert "app.a.b.C" in names_in(ast.parse(source))


@pytest.mark.parametrize("source", ["# C", "'app.a.b.C'", "from app.a import b\nother.C", "patch.setattr(b, 'D', 1)"])
def test_a_mere_word_does_not(source: str) -> None:
    assert "app.a.b.C" not in names_in(ast.parse(source))
