"""Records without an id that is here are matched by their parties, text and time; never by a guess."""

from datetime import timedelta, timezone

import pytest

from app.domain.messages.model import Direction
from app.domain.reconciliation.joining import PIECES_WITHIN_US, WITHIN_US

from .cases import HOUR, OURS, SECOND, at, called_back, compare, inbound, outbound, results, scope, seen, verdicts


def test_a_record_without_an_id_is_matched_by_parties_text_and_time() -> None:
    [result] = results([seen(1, 2)], [inbound(1, 0, None)])
    assert (result.verdict.value, result.message, result.captures, result.by_id) == ("seen", 1, (10,), False)
    assert result.delta_ms == 2_000


@pytest.mark.parametrize(
    "changed",
    [
        {"sender": "+14155550124"},
        {"recipient": "+12125550198"},
        {"text": "another text"},
        {"direction": Direction.OUTBOUND},
        {"sent": at(WITHIN_US / SECOND + 3)},
        {"sent": at(-WITHIN_US / SECOND)},
        {"sent": None},
    ],
)
def test_every_one_of_them_must_fit(changed: dict[str, object]) -> None:
    # Another message of each direction, so that both are in the scope.
    others = [seen(8, 5_000), called_back(9, 5_000)]
    [result] = results([seen(1, 2), *others], [inbound(1, 0, None, **changed)])
    assert result.message is None


def test_the_limit_of_time_is_included() -> None:
    assert verdicts([seen(1, 0)], [inbound(1, WITHIN_US / SECOND, None)]) == ["seen"]
    assert verdicts([seen(1, 0)], [inbound(1, WITHIN_US / SECOND + 1, None)]) == ["no_webhook"]


def test_a_text_that_one_side_lacks_does_not_matter() -> None:
    assert verdicts([seen(1, 2, text=None)], [inbound(1, 0, None)]) == ["seen"]
    assert verdicts([seen(1, 2)], [inbound(1, 0, None, text=None)]) == ["seen"]


def test_equal_texts_come_before_missing_ones() -> None:
    found = results([seen(1, 9), seen(2, 1, text=None)], [inbound(1, 0, None), inbound(2, 0, None, text=None)])
    assert [result.message for result in found] == [1, 2]


def test_blanks_and_what_follows_the_first_segment_do_not_matter_for_finding() -> None:
    text = "word " * 40
    [result] = results([seen(1, 2, text=text)], [inbound(1, 0, None, text=text.replace(" ", "\r\n")[:100])])
    assert (result.message, result.verdict.value) == (1, "text_differs")


def test_two_that_fit_equally_well_are_ambiguous_and_neither_counted_nor_only_here() -> None:
    join = compare(
        [seen(1, 1, text="x"), seen(2, 1.5, text="x")], [inbound(1, 0, None, text="x"), inbound(2, 60, "m9")]
    )
    first, second = join.results()
    assert (first.verdict.value, first.captures, first.message) == ("ambiguous", (10, 20), None)
    assert second.verdict.value == "no_webhook"
    assert list(join.unlisted()) == []
    assert [direction.total for direction in join.summary().directions] == [1]


def test_a_message_is_matched_once() -> None:
    assert sorted(verdicts([seen(1, 3, text="x")], [inbound(n, n, None, text="x") for n in (1, 40)])) == [
        "no_webhook", "seen"
    ]  # fmt: skip


def test_a_message_with_another_id_is_another_message() -> None:
    """Where ids are the same on both sides, the loss of one of two equal messages is found."""
    messages = [seen(1, 1), seen(2, 20, text="x")]
    assert verdicts(messages, [inbound(1, 0), inbound(3, 20, text="x"), inbound(2, 21, text="x")]) == [
        "seen", "no_webhook", "seen"
    ]  # fmt: skip
    assert verdicts([seen(1, 1), seen(2, 20, "z", text="x")], [inbound(1, 0), inbound(3, 20, text="x")]) == [
        "seen", "no_webhook"
    ]  # fmt: skip


def test_a_message_without_an_id_is_matched_with_a_record_that_has_one() -> None:
    assert verdicts([seen(1, 1), seen(2, 20, None)], [inbound(1, 0), inbound(2, 19)]) == ["seen", "seen"]


def test_ids_of_another_kind_on_each_side_do_not_prevent_a_match() -> None:
    assert verdicts([seen(1, 1, "a1"), seen(2, 20, "a2")], [inbound(1, 0), inbound(2, 19)]) == ["seen", "seen"]


def test_pieces_of_a_long_message_of_vonage_are_one_row() -> None:
    """Each piece has an id of its own; the list has that of none of them, or of one."""
    begin = "This is a long text of which the first piece has more than sixty characters"
    pieces = [
        seen(1, 1, "p1", provider="vonage", text=begin),
        seen(2, 2, "p2", provider="vonage", text="and the second"),
        seen(5, 400, "p5", provider="vonage"),
    ]
    rows = [
        inbound(1, 1, "whole", provider="vonage", text=begin + " and the second"),
        inbound(5, 400, "p5", provider="vonage"),
    ]
    join = compare(pieces, rows)
    assert [result.message for result in join.results()] == [1, 5]
    assert list(join.unlisted()) == []
    late = PIECES_WITHIN_US / SECOND + 1
    rows[0] = inbound(1, 1 - late, "whole", provider="vonage", text=begin + " and the second")
    assert verdicts(pieces, rows)[0] == "no_webhook"


def test_a_message_that_was_folded_from_pieces_is_found_by_its_parties() -> None:
    messages = [seen(1, 1), seen(2, 20, "part2", pieces=True)]
    assert verdicts(messages, [inbound(1, 0), inbound(2, 19, "part1")]) == ["seen", "seen"]


@pytest.mark.parametrize(
    ("sender", "recipient", "verdict"),
    [
        ("+141556…", OURS, "ambiguous"),
        ("…5550123", OURS, "ambiguous"),
        ("+1417…", OURS, "no_webhook"),
        ("+141556…", "+121256…", "ambiguous"),
        ("+141556…", "+12125550190", "outside_scope"),
    ],
)
def test_a_number_that_is_known_in_part_is_ambiguous_at_most(sender: str, recipient: str, verdict: str) -> None:
    record = inbound(1, 0, None, sender=sender, recipient=recipient, vague=True)
    assert verdicts([seen(1, 2)], [record]) == [verdict]
    assert verdicts([seen(1, 2)], [inbound(1, 0, None, sender=sender, vague=True, text="y")])[0] != "ambiguous"


def test_a_name_of_a_sender_is_matched_as_it_is() -> None:
    messages = [called_back(1, 1, sender="Acme")]
    assert verdicts(messages, [outbound(1, 0, None, sender="ACME")]) == ["seen"]
    assert verdicts(messages, [outbound(1, 0, None, sender="ACME", recipient="+141556…", vague=True)]) == ["ambiguous"]


def test_a_partial_number_with_a_foreign_id_is_lost_where_ids_are_trusted() -> None:
    messages = [seen(1, 1), seen(2, 20, text="x")]
    records = [inbound(1, 0), inbound(9, 20, text="x", sender="+141556…", vague=True)]
    assert verdicts(messages, records) == ["seen", "no_webhook"]


def test_a_time_in_the_repeated_hour_is_matched_by_either_of_its_meanings() -> None:
    """A file in local time on the day on which the clock is set back: 02:30 is there twice."""
    from zoneinfo import ZoneInfo

    change = 1_792_890_000_000_000  # 2026-10-25 01:00 UTC
    berlin = scope(made_us=0, kept_us=0, zone=ZoneInfo("Europe/Berlin"))

    def local(number: int, us: int) -> tuple[object, object]:
        offset = 2 * HOUR if us < change else HOUR
        time = at(0, zoned=False)
        record = inbound(number, None, None, sent=type(time)(us + offset, False))
        return record, seen(number, 0, received_us=us + SECOND)

    pairs = [local(n, change + us) for n, us in enumerate((-3 * HOUR, -HOUR // 2, HOUR // 2, 3 * HOUR), 1)]
    found = results([message for _, message in pairs], [record for record, _ in pairs], berlin)  # type: ignore[misc]
    assert [result.message for result in found] == [1, 2, 3, 4]
    assert [result.delta_ms for result in found] == [1_000] * 4


def test_the_offset_of_a_given_zone_counts() -> None:
    record = inbound(1, None, None, sent=at(-5 * 3_600, zoned=False))
    assert verdicts([seen(1, 1)], [record]) == ["no_webhook"]
    assert verdicts([seen(1, 1)], [record], scope(zone=timezone(timedelta(hours=-5)))) == ["seen"]
