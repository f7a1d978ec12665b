"""What is kept of a reconciliation."""

import msgspec

from app.domain.reconciliation.kept import ENDED, KeptRecord, Reconciliation, WorkState
from tests.storage.results import A_HEAD, A_RECORD


def test_a_head_and_a_record_come_back_from_what_is_stored() -> None:
    assert msgspec.json.decode(msgspec.json.encode(A_HEAD), type=Reconciliation) == A_HEAD
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(A_RECORD), type=KeptRecord) == A_RECORD


def test_no_text_is_kept_unless_the_row_was_to_be_kept() -> None:
    fields = KeptRecord.__struct_fields__
    assert [name for name in fields if "text" in name] == ["text_digest", "text"]


def test_a_comparison_either_runs_or_has_ended() -> None:
    assert set(WorkState) - ENDED == {"waiting", "reading", "comparing", "saving"}
