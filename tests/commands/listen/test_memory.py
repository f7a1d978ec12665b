"""The file of the captures that were delivered."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.commands.listen.memory import MAX_INSTANCE, MOST_REMEMBERED, DeliveredCaptures, state_path
from tests.commands.listen.fake import AT


@pytest.fixture
def lines() -> list[str]:
    return []


def test_what_was_delivered_is_known_to_the_next_process(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "a" / "b"
    DeliveredCaptures(path, lines.append).add(7, AT)
    delivered = DeliveredCaptures(path, lines.append)
    assert delivered.has(7, AT)
    assert not delivered.has(8, AT)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    delivered.forget()
    assert not DeliveredCaptures(path, lines.append).has(7, AT)
    assert lines == []


def test_the_number_of_a_restored_server_is_another_capture(tmp_path: Path, lines: list[str]) -> None:
    delivered = DeliveredCaptures(tmp_path / "a", lines.append)
    delivered.add(7, AT)
    assert not delivered.has(7, AT + timedelta(microseconds=1))


def test_the_events_that_were_delivered_are_counted_until_all_were(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "a"
    DeliveredCaptures(path, lines.append).add(7, AT, 2)
    delivered = DeliveredCaptures(path, lines.append)
    assert (delivered.has(7, AT), delivered.events_of(7, AT)) == (False, 2)
    assert delivered.events_of(7, AT + timedelta(microseconds=1)) == delivered.events_of(8, AT) == 0
    delivered.add(7, AT)
    assert (delivered.has(7, AT), delivered.events_of(7, AT)) == (True, 0)
    assert DeliveredCaptures(path, lines.append).has(7, AT)


def test_so_many_are_remembered(tmp_path: Path, lines: list[str]) -> None:
    delivered = DeliveredCaptures(tmp_path / "a", lines.append)
    for n in range(MOST_REMEMBERED + 1):
        delivered.add(n, AT)
    again = DeliveredCaptures(tmp_path / "a", lines.append)
    assert [n for n in range(MOST_REMEMBERED + 1) if not again.has(n, AT)] == [0]


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"delivered": [1]}', b'{"delivered": [["x", 1]]}'])
def test_a_damaged_file_is_replaced(tmp_path: Path, lines: list[str], content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    delivered = DeliveredCaptures(path, lines.append)
    delivered.add(7, AT)
    assert DeliveredCaptures(path, lines.append).has(7, AT)


def test_a_file_that_cannot_be_written_is_reported_once(tmp_path: Path, lines: list[str]) -> None:
    (tmp_path / "file").touch()
    delivered = DeliveredCaptures(tmp_path / "file" / "a", lines.append)
    delivered.add(7, AT)
    delivered.add(8, AT)
    assert delivered.has(7, AT)
    assert delivered.has(8, AT)
    assert len(lines) == 1
    assert "cannot be written" in lines[0]


def test_the_name_of_the_file_has_server_bin_and_listener() -> None:
    here = {"XDG_STATE_HOME": "/state"}
    assert state_path("https://sms.example.net", "b1n", "laptop", here) == Path(
        "/state/smsbin/sms.example.net-b1n-laptop"
    )
    assert state_path("http://[::1]:8010/in", "../b", "a", here).name == "-1-8010-in-..-b-a"
    long = state_path(f"https://{'a' * MAX_INSTANCE}b", "b1n", "laptop", here).name
    assert long == "a" * MAX_INSTANCE + "-b1n-laptop"
    home = Path.home() / ".local" / "state" / "smsbin"
    assert state_path("http://x", "b", "c", {}).parent == home
    assert state_path("http://x", "b", "c", {"XDG_STATE_HOME": "state"}).parent == home
