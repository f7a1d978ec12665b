"""Each cause has its cure."""

import re
from pathlib import Path

import pytest

from app.signatures.words import cure_of
from tests.signatures.requests import VECTORS, read_vectors

APP = Path(__file__).parents[2] / "app" / "signatures"
CAUSES = {
    found
    for path in APP.glob("*.py")
    if path.stem in ("urls", "queries", "bodies", "keys", "judging")
    for found in re.findall(
        r'(?:_Edit\(|KeyVariant\(|BodyVariant\(|cause=|_Cause\(|yield )"([a-z_]+)"', path.read_text()
    )
}


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_each_cause_in_the_source_has_a_cure(cause: str) -> None:
    assert cure_of(cause).endswith(".")


@pytest.mark.parametrize("name", sorted(path.stem for path in VECTORS.glob("*.json")))
def test_each_cause_of_the_vectors_has_a_cure(name: str) -> None:
    causes = {vector["cause"] for vector in read_vectors(name)} - {None}
    assert [cause for cause in causes if not cure_of(cause)] == []


def test_an_unknown_cause_has_none() -> None:
    assert cure_of("nothing") == ""
    assert len(CAUSES) > 20
