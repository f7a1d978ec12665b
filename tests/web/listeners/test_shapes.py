"""The JSON of a listener."""

import msgspec

from app import clock
from app.domain.listeners import ListenerProgress, ListenerResult, SentCapture, StoredListener
from app.domain.units import rfc3339
from app.services.listeners.registry import ListenerStatus
from app.web.listeners.shapes import show_listeners


def test_a_listener_is_shown_as_it_stands() -> None:
    now = clock.now()
    stored = StoredListener(
        bin_id="b", name="laptop", made_at=now, seen_at=now, last_n=9,
        progress=ListenerProgress(cursor=3, sent=(SentCapture(4, 1), SentCapture(5, 2, True))),
        last=ListenerResult(n=5, at=now, status=None, error="refused", ms=2),
    )  # fmt: skip
    shown = msgspec.to_builtins(show_listeners([ListenerStatus(stored=stored, connected_since=now, in_flight=1)]))
    at = rfc3339(now)
    assert shown == {"items": [{
        "name": "laptop", "connected": True, "connected_since": at, "answering": False,
        "seen_at": at, "made_at": at, "cursor": 3, "lag": 5, "in_flight": 1,
        "last": {"n": 5, "at": at, "status": None, "error": "refused", "ms": 2},
    }], "next": None}  # fmt: skip
    (gone,) = show_listeners([ListenerStatus(stored=stored, connected_since=None, in_flight=0)]).items
    assert (gone.connected, gone.connected_since) == (False, None)
