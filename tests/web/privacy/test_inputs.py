"""The input of privacy settings, from JSON and from the form."""

import pytest

from app.domain.privacy import Privacy
from app.errors import Invalid
from app.web.privacy.inputs import PrivacyInput, raw_of
from app.web.site.convert import convert


def test_a_form_has_a_name_on_each_line() -> None:
    raw = raw_of({"mask": "on", "masked_fields": "A\r\n\r\n b \r\n", "withheld_headers": "X-A"})
    privacy = convert(raw, PrivacyInput).privacy()
    assert privacy == Privacy(mask=True, masked_fields=("a", "b"), withheld_headers=("x-a",))


def test_all_wrong_lists_are_named_together() -> None:
    with pytest.raises(Invalid) as error:
        convert({"masked_headers": ["a b"], "withheld_headers": ["Host"]}, PrivacyInput)
    assert [name for name, _ in error.value.problems] == ["masked_headers", "withheld_headers"]
