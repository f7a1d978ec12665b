"""The input of a secret."""

import pytest

from app.errors import Invalid
from app.services.secrets import scheme_names
from app.web.secrets.inputs import SecretInput
from app.web.site.convert import convert


@pytest.mark.parametrize("scheme", [None, *scheme_names()])
def test_each_scheme_and_none_are_accepted(scheme: str | None) -> None:
    assert convert({"secret": "x", "scheme": scheme}, SecretInput).scheme == scheme


def test_an_unknown_scheme_is_refused_with_the_names_of_the_others() -> None:
    with pytest.raises(Invalid, match="twilio, signalwire, plivo"):
        convert({"secret": "x", "scheme": "acme"}, SecretInput)
