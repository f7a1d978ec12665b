"""What the log shows of an exception: where it was raised, and no data from a request."""

import sqlite3

import pytest

from app.traces import name_of, trace_of

TEXT = "Your code is 482913"


def _fail() -> None:
    try:
        int(TEXT)
    except ValueError as error:
        raise RuntimeError(TEXT) from error


def test_places_and_classes_are_reported_and_no_text() -> None:
    with pytest.raises(RuntimeError) as caught:
        _fail()
    said = trace_of(caught.value)
    assert TEXT not in said
    first, second = said.split("ValueError")
    assert "in _fail" in first
    assert second.endswith("RuntimeError")
    assert "test_traces.py" in second


def test_what_the_system_and_the_database_say_is_reported() -> None:
    assert name_of(FileNotFoundError(2, "No such file", TEXT)) == "FileNotFoundError: No such file"
    assert name_of(OSError(TEXT)) == "OSError"
    assert name_of(sqlite3.OperationalError("no such table: x")) == "sqlite3.OperationalError: no such table: x"


def test_a_chain_that_bites_its_tail_ends() -> None:
    one, other = ValueError(), KeyError()
    one.__context__, other.__context__ = other, one
    assert trace_of(one).split() == ["KeyError", "ValueError"]


def test_what_is_hidden_stays_hidden() -> None:
    error = ValueError()
    error.__context__, error.__suppress_context__ = KeyError(), True
    assert trace_of(error) == "ValueError"
