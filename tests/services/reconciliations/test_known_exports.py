"""What can be exported where."""

from app.records.shapes import SHAPES
from app.services.reconciliations.known_exports import known_exports


def test_that_of_the_bins_provider_comes_first() -> None:
    found = known_exports("plivo")
    assert found[0].startswith("Plivo")
    assert sorted(found) == sorted({shape.title for shape in SHAPES}) == sorted(known_exports(None))
