"""What every shape has."""

import pytest

from app.domain.providers import PROVIDER_TITLES
from app.records.shape import VALUES
from app.records.shapes import SHAPES


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.title)
def test_a_shape_is_complete(shape) -> None:
    assert shape.provider in PROVIDER_TITLES
    assert shape.title
    assert shape.source
    assert set(shape.columns) <= set(VALUES)
    assert all(name == name.lower() for names in shape.columns.values() for name in names)
    assert all(name == name.lower() for name in shape.needs)
    if shape.notes is None:
        assert {"id", "from", "to"} <= set(shape.columns)
        assert {"created", "sent"} & set(shape.columns)
    assert bool(shape.each) == any("*" in name for names in shape.columns.values() for name in names)
