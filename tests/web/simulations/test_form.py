"""The simulator's form: its texts as JSON, and a run as the form that starts it again."""

import pytest

from app.errors import Invalid
from app.web.simulations.form import PRESETS, defaults, input_of, problems_of, raw_of

USUAL = {"provider": "ytel", "what": "inbound"}


def test_texts_become_the_json_of_the_api_and_empty_fields_are_left_out() -> None:
    form = USUAL | {
        "from": " +1 ", "to": " ", "text": "a\r\nb", "media": "http://a  http://b\n", "count": "3", "rate": "0.5",
        "seed": "", "failed": "12.5", "trouble-lose": "on", "target": "own", "primary": " http://c ", "status": "",
    }  # fmt: skip
    assert raw_of(form) == USUAL | {
        "trouble": ["lose"], "from": "+1", "text": "a\nb", "media": ["http://a", "http://b"], "count": 3, "rate": 0.5,
        "failed_share": 0.125, "targets": {"primary": "http://c"},
    }  # fmt: skip


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_each_preset_fills_a_form_that_can_be_sent(preset) -> None:
    assert input_of(defaults(None) | dict(preset.fields)).what == preset.fields["what"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"count": "1.5"}, "count"),
        ({"count": "٣"}, "count"),
        ({"rate": "1e3"}, "rate"),
        ({"failed": "101"}, "failed"),
        ({"failed": "all"}, "failed"),
        ({"target": "own"}, "primary"),
        ({"target": "own", "what": "outbound", "primary": "http://a"}, "status"),
        ({"what": "pigeon", "target": "own"}, "what"),
    ],
)
def test_a_problem_is_named_by_the_field_of_the_form(change: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as error:
        input_of(USUAL | change)
    assert set(problems_of(error.value)) == {field}
