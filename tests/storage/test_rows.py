"""Rows of both databases as objects of the domain, and back."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.messages.folding import begin
from app.domain.messages.model import DUPLICATE, LATE, Fact
from app.domain.roles import Role
from app.storage.rows import (
    content_type_of,
    is_fallback,
    message_columns,
    message_identity,
    message_motion,
    print_of,
    read_bin,
    read_codes,
    read_fault,
    read_outcome,
    write_codes,
)
from tests.storage.builders import a_raw
from tests.storage.ledger.events import an_inbound

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
BIN = {
    "id": "bin00001", "key": "k", "name": "a", "provider": None, "stuck_s": 300, "retention_s": None,
    "created_at": 1_000_000, "last_n": 5, "swept_n": 2, "version": 3, "answer_version": 6,
}  # fmt: skip
OUTCOME = {
    "sender_left": 1, "out_status": 200, "after_ms": None, "left_ms": 7, "well_formed": 0, "note": "a note",
}  # fmt: skip


@pytest.mark.parametrize(
    ("role", "expected"),
    [("primary", False), ("fallback", True), ("voice", False), ("voice-fallback", True), ("status", None)],
)
def test_each_pair_of_urls_has_one_fallback(role: str, expected: bool | None) -> None:
    assert is_fallback(role) is expected


def test_finding_codes_do_not_depend_on_the_order_of_detection() -> None:
    assert write_codes((LATE, DUPLICATE)) == write_codes((DUPLICATE, LATE, LATE))
    assert set(read_codes(write_codes((LATE, DUPLICATE)))) == {LATE, DUPLICATE}
    assert (write_codes(()), write_codes((LATE,)), read_codes(""), read_codes(None)) == ("", LATE, (), ())


def test_a_bin_without_a_ledger_has_no_counts_and_all_its_settings() -> None:
    bin = read_bin(BIN, None, behind=4)
    assert (bin.captures, bin.last_capture_at, bin.seq, set(bin.by_role.values())) == (0, None, 0, {0})
    assert (bin.behind, bin.last_n, bin.swept_n, bin.version, bin.answer_version) == (4, 5, 2, 3, 6)
    assert (bin.stuck_after, bin.retention) == (timedelta(minutes=5), None)


def test_a_bin_has_the_counts_of_its_space_by_role() -> None:
    counts = {f"{role.value.replace('-', '_')}_count": index for index, role in enumerate(Role)}
    space = {"last_capture_at": 2_000_000, "captures": 9, "last_seq": 8, "first_seq": 7, "n": 4, **counts}
    bin = read_bin(BIN | {"retention_s": 60}, space)
    assert bin.by_role == {role: index for index, role in enumerate(Role)}
    assert (bin.captures, bin.seq, bin.first_seq, bin.retention) == (9, 8, 7, timedelta(minutes=1))
    assert bin.last_capture_at == datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC)
    later = read_bin(BIN, space | {"n": 6})
    assert [(each.last_n, each.behind) for each in (bin, later)] == [(5, 1), (6, 0)], "the ledger may be read later"
    assert read_bin(BIN, None).behind == 5


def test_an_outcome_is_unknown_until_it_is_known_whether_the_sender_left() -> None:
    assert read_outcome(dict.fromkeys(OUTCOME)) is None
    outcome = read_outcome(OUTCOME)
    assert outcome is not None
    assert (outcome.status, outcome.sender_left, outcome.left_ms, outcome.well_formed, outcome.note) == (
        200, True, 7, False, "a note"
    )  # fmt: skip


def test_a_capture_has_a_fault_only_with_its_kind() -> None:
    row = {"fault": "id", "fault_kind": "hold", "fault_said": "hold 5 s", "fault_drill": None}
    hit = read_fault(row)
    assert hit is not None
    assert (hit.fault, hit.kind, hit.drill) == ("id", "hold", None)
    assert read_fault(dict.fromkeys(row)) is None


def test_the_fingerprint_is_that_of_the_body_or_without_one_of_the_query() -> None:
    assert print_of("primary", "/k?a=1", "ab" * 32) == print_of("primary", "/k?a=2", "ab" * 32)
    assert print_of("primary", "/k?a=1", None) == print_of("primary", "/other?a=1", None)
    different = {
        print_of("primary", "/k?a=1", "ab" * 32),
        print_of("fallback", "/k?a=1", "ab" * 32),
        print_of("primary", "/k?a=1", "cd" * 32),
        print_of("primary", "/k?a=1", None),
        print_of("primary", "/k?a=2", None),
        print_of("primary", "/k?a=\ud800", None),
    }
    assert len(different) == 6


def test_a_content_type_keeps_its_bytes() -> None:
    assert content_type_of(a_raw(headers=((b"Content-Type", b"text/\xe9"),))) == "text/é"
    assert content_type_of(a_raw(headers=())) is None


def test_what_a_callback_changes_is_not_part_of_the_identity_of_a_message() -> None:
    message = begin(Fact(n=1, at=AT, provider="ytel", event=an_inbound("m")))
    moved = message.__class__(**{name: getattr(message, name) for name in message.__struct_fields__} | {"last_n": 2})
    assert message_identity(moved) == message_identity(message)
    assert message_motion(moved, 1) != message_motion(message, 1)
    other = message.__class__(**{name: getattr(message, name) for name in message.__struct_fields__} | {"text": "b"})
    assert message_identity(other) != message_identity(message)
    assert (message_columns(message, 7)[0], message_motion(message, 7)[0]) == (7, 7)
