"""Stamps of providers as UTC: a stamp of another form is none."""

from datetime import UTC, datetime, timedelta

import pytest

from app.providers.kit.times import (
    PLAUSIBLE,
    read_any,
    read_epoch,
    read_iso,
    read_minutes,
    read_to_minute,
    read_utc,
)

AT = datetime(2024, 7, 11, 9, 26, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2024-07-11 09:26:30", " 2024-07-11T09:26:30 ", "2024-07-11 09:26:30.0"])
def test_a_stamp_without_a_zone_is_utc(text: str) -> None:
    assert read_utc(text) == read_iso(text) == AT


@pytest.mark.parametrize(
    "text", ["2024-07-11T09:26:30Z", "2024-07-11T11:26:30+02:00", "2024-07-11T04:26:30.000000001-0500"]
)
def test_a_zone_is_taken_into_account(text: str) -> None:
    assert read_iso(text) == AT
    assert read_utc(text) is None


@pytest.mark.parametrize(
    "text", [None, "", "2024-13-11 09:26:30", "2024-07-11", "2024-07-11T09:26:30 PST", "2024-07-11T09:26:30+24:00"]
)
def test_a_stamp_of_another_form_is_none(text: str | None) -> None:
    assert read_iso(text) is None


def test_seconds_and_milliseconds_since_1970_are_read() -> None:
    assert read_epoch("1720689990") == read_epoch("1720689990000", per_second=1_000) == AT
    assert read_epoch("1720689990012", per_second=1_000) == AT.replace(microsecond=12_000)
    assert {read_epoch(text) for text in (None, "", "-1", "1.5", "٣", "1" * 17, str(10**11 + 1))} == {None}


@pytest.mark.parametrize("text", [None, "", "24071109", "240711090٣", "2413110902", "2407119902", "240711090212"])
def test_a_receipts_stamp_of_another_shape_is_no_stamp(text: str | None) -> None:
    assert read_minutes(text) is None


def test_a_receipts_stamp_is_read_to_the_minute() -> None:
    assert read_minutes("2407110902") == datetime(2024, 7, 11, 9, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2407110926", "2024-07-11 09:26", "2024-07-11T09:26Z", "2024-07-11T11:26+02:00", " 2024-07-11T09:26 "]
)
def test_a_stamp_without_seconds_is_read_and_known_to_have_none(text: str) -> None:
    assert read_to_minute(text) == (read_iso(text) or read_minutes(text)) == AT.replace(second=0)


@pytest.mark.parametrize("text", [None, "", "2024-07-11 09:26:00", "2024-07-11T09:26:00Z", "1720689960", "x" * 50])
def test_a_stamp_with_seconds_is_not_one_to_the_minute(text: str | None) -> None:
    assert read_to_minute(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-11T09:26:30Z", "2024-07-11 09:26:30", "2024-07-11T11:26:30.000+0200", "1720689990", "1720689990.000",
        "1720689990000", "1720689990000000", "20240711092630", "Thu, 11 Jul 2024 09:26:30 +0000",
        "11 Jul 2024 11:26:30 +0200", " 1720689990 ",
    ],
)  # fmt: skip
def test_a_stamp_of_an_unknown_form_is_read(text: str) -> None:
    assert read_any(text, AT) == AT


def test_a_stamp_that_could_be_two_times_is_the_closer_one() -> None:
    """Ten digits are seconds since 1970, or year to minute in two digits each."""
    assert read_any("1211100906", AT) == datetime(2012, 11, 10, 9, 6, tzinfo=UTC)
    assert read_any("1211100906", datetime(2008, 5, 18, tzinfo=UTC)) == datetime(2008, 5, 18, 8, 55, 6, tzinfo=UTC)
    assert read_any("2407110926", AT) == AT.replace(second=0)


@pytest.mark.parametrize(
    "text",
    [None, "", "soon", "1720", "Thu, 99 Jul 2024 09:26:30 +0000", "20241311092630", "1" * 41, "9" * 16, "٣" * 10],
)
def test_what_is_no_stamp_in_any_form_is_none(text: str | None) -> None:
    assert read_any(text, AT) is None


def test_a_stamp_of_an_unknown_form_is_near_the_arrival() -> None:
    assert read_any("1720689990", AT + PLAUSIBLE) == read_any("1720689990", AT - PLAUSIBLE) == AT
    assert read_any("1720689990", AT + PLAUSIBLE + timedelta(seconds=1)) is None
