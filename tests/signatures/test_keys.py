"""Other forms of a secret, and what was pasted instead of one."""

import pytest

from app.signatures.keys import key_variants, shape_of


def cause_of(stored: str, right: str) -> str | None:
    return next((each.cause for each in key_variants(stored) if each.secret == right), None)


@pytest.mark.parametrize(
    ("stored", "right", "cause"),
    [
        ("token ", "token", "secret_whitespace"),
        ("\ttoken\n", "token", "secret_whitespace"),
        ("to ken", "token", "secret_whitespace"),
        ("token", "token\n", "secret_whitespace"),
        ('"token"', "token", "secret_quotes"),
        (" “token”", "token", "secret_quotes"),
        ("AUTH_TOKEN='token'", "token", "secret_quotes"),
        ("whsec_dG9rZW4=", "dG9rZW4=", "secret_prefix"),
        ("dG9rZW4=", "whsec_dG9rZW4=", "secret_prefix"),
        ("dG9rZW4=", "token", "secret_not_decoded"),
        ("whsec_dG9rZW4=", "token", "secret_not_decoded"),
        ("token", "whsec_dG9rZW4=", "secret_not_decoded"),
        ("ABCDEF0123456789", "abcdef0123456789", "secret_case"),
        ("abcdef0123456789", "ABCDEF0123456789", "secret_case"),
    ],
)
def test_another_form_of_a_secret_is_tried_and_named(stored: str, right: str, cause: str) -> None:
    assert cause_of(stored, right) == cause


@pytest.mark.parametrize("secret", ["", " ", "token", "é\ud800", "whsec_", "=" * 50])
def test_no_form_is_the_secret_itself_or_blank_or_there_twice(secret: str) -> None:
    forms = [each.secret for each in key_variants(secret)]
    assert len(set(forms) | {secret, ""}) == len(forms) + len({secret, ""})


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("AC00000000000000000000000000000001", "an account SID"),
        ("SK0123456789abcdef0123456789abcdef", "the SID of an API key"),
        ("KEY0123456789ABCDEF_example", "a Telnyx API key"),
        ("https://example.net", "a URL"),
        ("+14155550123", "a phone number"),
        ('"sk_test_abc"', "a Stripe API key"),
        ("", "nothing"),
        ("twilio_test_token_0123456789abcd", None),
        ("0123456789abcdef0123456789abcdef", None),
    ],
)
def test_what_was_pasted_instead_of_a_secret_is_named(secret: str, words: str | None) -> None:
    assert shape_of(secret) == words
