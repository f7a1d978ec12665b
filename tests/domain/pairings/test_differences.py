"""Two requests field by field."""

from app.domain.pairings.differences import MOST_SHOWN, Difference, differ


def _said(*found: Difference) -> list[tuple[str, str | None, str | None]]:
    return [(each.field, each.primary, each.fallback) for each in found]


def test_only_what_differs_is_told_in_the_order_of_appearance() -> None:
    primary = [("To", "1"), ("Time", "10:00"), ("Action", "/a"), ("Only", "x")]
    fallback = [("ErrorCode", "11200"), ("To", "1"), ("Action", "/b"), ("Time", "10:01")]
    assert _said(*differ(primary, fallback)) == [
        ("Time", "10:00", "10:01"),
        ("Action", "/a", "/b"),
        ("Only", "x", None),
        ("ErrorCode", None, "11200"),
    ]
    assert differ(primary, primary) == []


def test_repeated_fields_are_compared_one_by_one_and_blank_is_not_missing() -> None:
    primary, fallback = [("Media", "a"), ("Media", "b"), ("Text", "")], [("Media", "a")]
    assert _said(*differ(primary, fallback)) == [("Media (2)", "b", None), ("Text", "", None)]


def test_expected_fields_are_marked_in_any_case_and_at_any_place_of_a_list() -> None:
    primary = [("ACTION", "a"), ("to.0.at", "1"), ("to.1.at", "1"), ("Text", "a"), ("Action", "b"), ("Action", "c")]
    fallback = [("ACTION", "b"), ("to.0.at", "2"), ("to.1.at", "2"), ("Text", "b")]
    found = {each.field: each.expected for each in differ(primary, fallback, frozenset({"action", "to.at"}))}
    assert found == {
        "ACTION": True, "to.0.at": True, "to.1.at": True, "Text": False, "Action": True, "Action (2)": True,
    }  # fmt: skip


def test_long_values_are_compared_whole_and_shown_cut() -> None:
    (found,) = differ([("Text", "a" * 5_000 + "b")], [("Text", "a" * 5_000 + "c")])
    assert found.primary == found.fallback == "a" * MOST_SHOWN + "…"
