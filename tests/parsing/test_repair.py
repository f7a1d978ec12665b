"""JSON that ends early gives what stood there before the cut; a mistake in the middle gives nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parsing.repair import repair_json


@pytest.mark.parametrize(
    ("cut", "value"),
    [
        ('{"a":{"b":"cut o', {"a": {"b": "cut o"}}),
        ('{"a":1,"ke', {"a": 1}),
        ('{"a":1,"k":', {"a": 1}),
        ('{"a":[1,2,{"x":tru', {"a": [1, 2, {}]}),
        ('{"a":"x\\', {"a": "x"}),
        ('{"a":"x\\u12', {"a": "x"}),
        ("[", []),
        ('{"a":1}\n{"a":2}\n{"a":"x', [{"a": 1}, {"a": 2}, {"a": "x"}]),
        ('{"a":1}\n{"b', [{"a": 1}, {}]),
    ],
)
def test_what_stood_before_the_cut_is_there(cut: str, value: object) -> None:
    assert repair_json(cut) == value


@pytest.mark.parametrize("text", ["", '{"a":1}}', '{"a" 1,', "hello", '{"a":1}]', '{"a":1} x', "[Promo] 20% off"])
def test_a_mistake_in_the_middle_is_not_mended(text: str) -> None:
    assert repair_json(text) is None


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), _VALUES, min_size=1, max_size=3), st.data())
def test_every_cut_of_an_object_gives_an_object(value: dict[str, object], data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert isinstance(repair_json(text[: data.draw(st.integers(1, len(text) - 1))]), dict)
