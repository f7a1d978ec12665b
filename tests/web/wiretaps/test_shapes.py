"""The JSON of a wiretap."""

import msgspec

from app.domain.wiretaps.model import Wiretap
from app.services.wiretaps.counters import Overhead
from app.web.wiretaps.shapes import show_wiretap


def test_all_that_is_known() -> None:
    state = show_wiretap(Wiretap(url="https://h"), 13.0, "f1", Overhead(p50_s=0.00123, p99_s=0.5, count=3))
    assert msgspec.to_builtins(state) == {
        "wiretap": {
            "url": "https://h", "on_failure": "mirror", "timeout_s": None, "credentials": True, "enabled": True,
        },
        "limit_s": 13.0,
        "outbox": "f1",
        "overhead": {"p50_ms": 1.23, "p99_ms": 500.0, "count": 3},
    }  # fmt: skip
