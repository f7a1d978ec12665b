"""The elements of a provider's XML."""

import pytest

from app.domain.verbs import Verbs


@pytest.mark.parametrize(
    ("exact", "name", "expected"),
    [
        (True, "Message", True),
        (True, "message", False),
        (True, "Msg", False),
        (False, "message", True),
        (False, "MESSAGE", True),
        (False, "Msg", False),
    ],
)
def test_the_case_of_an_element_matters_only_where_the_provider_compares_it(
    exact: bool, name: str, expected: bool
) -> None:
    assert Verbs(known=frozenset({"Message", "Redirect"}), exact=exact).knows(name) == expected


def test_an_sms_is_sent_by_message_and_sms_unless_the_provider_has_others() -> None:
    assert Verbs(known=frozenset()).sending == {"Message", "Sms"}
    assert Verbs(known=frozenset(), sending=frozenset({"SendMessage"})).sending == {"SendMessage"}
