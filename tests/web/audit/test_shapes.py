"""An entry as JSON."""

from datetime import UTC, datetime

import msgspec

from app.domain.audit import AuditEntry
from app.web.audit.shapes import show_entry

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def test_an_entry_has_every_field_and_not_its_inner_id() -> None:
    entry = AuditEntry(id="inner", number=7, at=AT, last_at=AT, who=None, via="", peer=None, action="a.b")
    assert msgspec.to_builtins(show_entry(entry)) == {
        "number": 7, "at": "2026-11-29T12:00:00.000000Z", "last_at": "2026-11-29T12:00:00.000000Z", "times": 1,
        "who": None, "via": "", "peer": None, "action": "a.b", "bin": None, "bin_name": None, "facts": {},
        "result": None, "status": None,
    }  # fmt: skip
