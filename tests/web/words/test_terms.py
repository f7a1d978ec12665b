"""What is said beside the completions of a filter."""

import pytest

from app.domain.search import KEYS, VALUES
from app.domain.search.completing import EXAMPLE_VALUES
from app.web.words.terms import about_key, about_value


@pytest.mark.parametrize("key", KEYS)
def test_every_key_says_what_it_finds(key: str) -> None:
    assert about_key(key[:-1])


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("status", "sent", "Handed over"), ("status", "failed", ""), ("status", "received", ""),
        ("role", "voice-fallback", "Voice fallback"), ("role", "primary", ""), ("kind", "status", "Status callback"),
        ("provider", "twilio", ""),
        ("provider", "generic", "unknown provider"), ("provider", "custom", "custom mapping"),
        ("has", "any", "any finding"), ("has", "unknown_code", ""), ("is", "simulated", "sent by the simulator"),
        ("signature", "stale", "Signed, but outside of its time window"), ("signature", "x", ""), ("method", "GET", ""),
        ("from", "+14155550123", "+1 415-555-0123"), ("to", "24680", ""), ("id", "SM1", ""),
        ("after", "10m", "the last 10 minutes"), ("before", "10m", "10 minutes ago"), ("size", "0", "none"),
    ],
)  # fmt: skip
def test_a_value_has_the_words_of_the_pages_where_they_say_more(key: str, value: str, words: str) -> None:
    assert about_value(key, value) == words


def test_all_known_values_and_examples_can_be_explained() -> None:
    for key, values in (*VALUES.items(), *EXAMPLE_VALUES.items()):
        for value in values:
            about_value(key, value)
