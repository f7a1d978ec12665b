"""Changes of a bin as JSON frames."""

import json

from app.domain.captures import Deleted, MessageGone, Restarted
from app.web.live.shapes import frame_of


def test_a_deletion_names_one_capture_or_all_up_to_one() -> None:
    assert json.loads(frame_of(Deleted(seq=5, n=3, through=False), {})) == {"type": "deleted", "seq": 5, "n": 3}
    assert json.loads(frame_of(Deleted(seq=5, n=3, through=True), {})) == {"type": "deleted", "seq": 5, "through": 3}


def test_what_has_no_row_any_more_is_named() -> None:
    gone = MessageGone(seq=6, provider="ytel", message_id="a/b")
    assert json.loads(frame_of(gone, {})) == {"type": "message_gone", "seq": 6, "provider": "ytel", "message_id": "a/b"}
    assert json.loads(frame_of(Restarted(seq=7), {})) == {"type": "reset", "seq": 7}
