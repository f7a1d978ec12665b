"""The words of the audit log. That each action has some is tested in `tests/web/site/test_audit.py`."""

from datetime import UTC, datetime
from pathlib import Path

from app.domain.audit import AuditEntry, AuditResult
from app.web.words.audit import ACTION_TITLES, RESULT_LOOKS, action_title, facts_text

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def test_an_unknown_action_is_its_own_title() -> None:
    assert (action_title("bin.delete"), action_title("later.add")) == ("Delete a bin", "later.add")


def test_facts_are_one_line() -> None:
    entry = AuditEntry(
        id="a", at=AT, last_at=AT, who=None, via="", peer=None, action="a.b", facts={"n": "5", "role": "primary"}
    )
    assert facts_text(entry) == "#5, role: primary"


def test_every_result_has_a_look() -> None:
    assert set(RESULT_LOOKS) == {*AuditResult, None}


def test_the_guide_has_every_action() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "audit.md").read_text()
    assert [action for action in ACTION_TITLES if f"`{action}`" not in guide] == []
