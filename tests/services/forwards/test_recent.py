"""Which captures an open page shows again."""

from app.services.forwards.recent import RECENT, RecentDispatches


def test_a_page_gets_what_has_changed_since_its_version() -> None:
    recent = RecentDispatches()
    assert (recent.version("b"), recent.since("b", 0)) == (0, [])
    recent.add("b", [3, 1])
    first = recent.version("b")
    recent.add("b", [2, 3])
    assert recent.since("b", 0) == [1, 2, 3]
    assert recent.since("b", first) == [2, 3]
    assert recent.since("b", recent.version("b")) == []
    assert recent.since("other", 0) == []
    recent.forget("b")
    assert recent.version("b") == 0


def test_so_many_are_remembered() -> None:
    recent = RecentDispatches()
    recent.add("b", range(RECENT + 1))
    assert recent.since("b", 0) == list(range(1, RECENT + 1))
