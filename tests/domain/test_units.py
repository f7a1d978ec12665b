"""Times, durations and sizes, there and back."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.units import (
    duration_text,
    format_duration,
    format_size,
    from_micros,
    gap_text,
    micros,
    parse_duration,
    parse_size,
    rfc3339,
    size_text,
)  # fmt: skip


@given(st.integers(min_value=0, max_value=4 * 10**15))
def test_microseconds_are_exact(value: int) -> None:
    assert micros(from_micros(value)) == value


def test_times_are_written_in_utc_with_six_decimals() -> None:
    assert rfc3339(from_micros(1_500_000)) == "1970-01-01T00:00:01.500000Z"


@pytest.mark.parametrize("text", ["90s", "15m", "12h", "7d", "0"])
def test_a_duration_comes_back_as_written(text: str) -> None:
    assert format_duration(parse_duration(text)) == text


@pytest.mark.parametrize("text", ["", "soon", "7", "7w", "-1d", "1.5h", "999999999d"])
def test_a_bad_duration_says_what_is_right(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_duration(text)


@pytest.mark.parametrize(("text", "size"), [("5MiB", 5 << 20), ("512KiB", 512 << 10), ("1GiB", 1 << 30), ("77B", 77)])
def test_a_size_comes_back_as_written(text: str, size: int) -> None:
    assert parse_size(text) == size
    assert format_size(size) == text


def test_sentences_use_plain_words() -> None:
    assert duration_text(timedelta(days=30)) == "30 days"
    assert duration_text(timedelta(hours=1)) == "1 hour"
    assert duration_text(timedelta(0)) == "forever"
    assert [size_text(n) for n in (0, 999, 1_400, 5_000_000)] == ["0 B", "999 B", "1.4 kB", "5.0 MB"]


def test_a_gap_is_told_as_people_tell_it() -> None:
    told = {0.004: "4 ms", 0.49: "0.49 s", 4.1: "4.1 s", 16.2: "16 s", 840: "14 min", 9_000: "2.5 h", 259_200: "3 days"}
    assert {seconds: gap_text(timedelta(seconds=seconds)) for seconds in told} == told
    assert gap_text(timedelta(seconds=-4.1)) == "4.1 s"
