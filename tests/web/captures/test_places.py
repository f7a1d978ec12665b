"""The text of a place: what it means, and what is refused."""

from datetime import UTC, datetime

import pytest

from app.web.captures.places import PLACE_HELP, wanted_place

NOW = datetime(2026, 11, 28, 21, 30, tzinfo=UTC)


def _at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("39798", 39_798),
        ("#39798", 39_798),
        (" 7 ", 7),
        ("21:04", _at(2026, 11, 28, 21, 4)),
        ("9:04:07", _at(2026, 11, 28, 9, 4, 7)),
        ("21:31", _at(2026, 11, 27, 21, 31)),
        ("21:30", _at(2026, 11, 28, 21, 30)),
        ("2026-11-25", _at(2026, 11, 25)),
        ("2026-11-25 21:04", _at(2026, 11, 25, 21, 4)),
        ("2026-11-25T21:04:05.5Z", _at(2026, 11, 25, 21, 4, 5, 500_000)),
        ("2026-11-25T21:04+02:00", _at(2026, 11, 25, 19, 4)),
        ("", None),
    ],
)
def test_a_text_means_a_number_or_a_time(text: str, place: int | datetime | None) -> None:
    wanted = wanted_place(text, NOW)
    assert (wanted.place, wanted.problem) == (place, None)


@pytest.mark.parametrize("text", ["#", "-1", "1.5", "yesterday", "١٢", "9" * 19, "2026-11", "21:04 2026-11-25"])
def test_other_texts_are_refused_with_the_cure(text: str) -> None:
    wanted = wanted_place(text, NOW)
    assert (wanted.place, wanted.problem, wanted.text) == (None, PLACE_HELP, text)


@pytest.mark.parametrize("text", ["24:00", "10:60", "2026-02-30", "2026-11-25 25:00", "0001-01-01T00:00+23:00"])
def test_a_time_that_does_not_exist_is_refused(text: str) -> None:
    assert wanted_place(text, NOW).problem == f"this time does not exist; {PLACE_HELP}"
