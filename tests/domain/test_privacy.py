"""Privacy settings: their names, their problems, and what they mask."""

import pytest

from app.domain.curl import SECRET_HEADERS
from app.domain.privacy import NO_PRIVACY, Privacy, clean_names, name_problem, read_privacy, write_privacy


def test_names_are_in_lower_case_and_each_once() -> None:
    assert clean_names([" Card ", "card", "", "CVV", "\t"]) == ("card", "cvv")


@pytest.mark.parametrize(
    ("names", "of_headers", "is_withheld", "part"),
    [
        (["a b"], True, False, "no name of a header"), (["content-type"], True, True, "cannot be parsed"),
        (["a\x00"], False, True, "control character"), (["host"], True, True, "cannot be parsed"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_named_with_its_cure(names: list[str], of_headers: bool, is_withheld: bool, part: str) -> None:
    assert part in (name_problem(names, of_headers=of_headers, is_withheld=is_withheld) or "")


def test_a_header_that_is_needed_can_be_masked() -> None:
    assert name_problem(["content-type"], of_headers=True, is_withheld=False) is None
    assert name_problem(["Größe", "a b", "host"], of_headers=False, is_withheld=True) is None


def test_settings_are_stored_and_read_as_they_are() -> None:
    privacy = Privacy(mask=True, masked_fields=("a",), withheld_headers=("authorization",))
    assert read_privacy(write_privacy(privacy).decode()) == privacy
    assert read_privacy(write_privacy(NO_PRIVACY).decode()) == NO_PRIVACY


def test_headers_with_credentials_are_masked_in_every_bin() -> None:
    assert NO_PRIVACY.policy().headers == SECRET_HEADERS
    policy = Privacy(mask=True, masked_headers=("x-a",), masked_fields=("card",)).policy()
    assert policy.headers == SECRET_HEADERS | {b"x-a"}
    assert policy.values
    assert policy.fields == {"card"}
    assert not Privacy(mask=True).withholds
    assert Privacy(withheld_fields=("a",)).withholds
