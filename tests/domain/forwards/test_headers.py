"""The headers that a forwarded request gets in addition."""

import pytest

from app.domain.captures import Capture, CaptureRow, Reading
from app.domain.forwards.headers import MAX_HOPS, DispatchedRequest, added_headers, hops_of, webhook_id
from app.domain.replays import Trigger
from app.domain.roles import Role
from app.domain.signatures import Judgement, SignatureVerdict
from tests.storage.builders import a_raw

KEY = "0123456789abcdef"


def _added(target: str, called: str, kept: tuple = (), **row: object) -> dict[str, str]:
    raw = a_raw(target=target)
    shown = CaptureRow(
        n=7, seq=1, received_at=raw.received_at, role=Role.STATUS, method="POST", target=target, peer=raw.peer, size=0,
        content_type=None, body_complete=True, outcome=None, **{"reading": Reading()} | row,
    )  # fmt: skip
    request = DispatchedRequest(
        bin_id="b", capture=Capture(row=shown, raw=raw, sha256=""), called=called, attempt=2, trigger=Trigger.RETRY
    )
    return {name.decode(): value.decode("latin-1") for name, value in added_headers(request, kept)}


@pytest.mark.parametrize(
    ("target", "called", "prefix"),
    [
        (f"/{KEY}/status?a=1", f"https://x.example/{KEY}/status?a=1", f"/{KEY}/status"),
        (f"/{KEY}/status/more/a", f"https://x.example/in/{KEY}/status/more/a", f"/in/{KEY}/status"),
        (f"/{KEY}", f"http://[::1]:8010/{KEY}", f"/{KEY}"),
    ],
)
def test_frameworks_can_compute_the_url_that_was_called(target: str, called: str, prefix: str) -> None:
    added = _added(target, called)
    assert added["X-Smsbin-Url"] == called
    assert added["X-Forwarded-Prefix"] == prefix
    assert (
        f"{added['X-Forwarded-Proto']}://{added['X-Forwarded-Host']}" == called.partition("/" + called.split("/")[3])[0]
    )


def test_a_header_that_is_kept_is_not_added() -> None:
    kept = ((b"x-forwarded-for", b"1.2.3.4"), (b"X-FORWARDED-PREFIX", b"/p"))
    added = _added(f"/{KEY}", f"http://x/{KEY}", kept)
    assert "X-Forwarded-For" not in added
    assert "X-Forwarded-Prefix" not in added
    assert added["X-Forwarded-Host"] == "x"


def test_the_rest_is_about_the_capture() -> None:
    judged = Reading(signature=Judgement(verdict=SignatureVerdict.VALID))
    added = _added(f"/{KEY}", f"http://x/{KEY}", reading=judged, simulated=True)
    assert (added["X-Smsbin-Id"], added["X-Smsbin-Attempt"], added["X-Smsbin-Trigger"]) == ("b/7", "2", "retry")
    assert (added["X-Smsbin-Signature-Verdict"], added["X-Smsbin-Simulated"]) == ("valid", "1")
    assert webhook_id("b", 7) == b"b.7"


@pytest.mark.parametrize(
    ("values", "hops"),
    [((), 0), ((b"1",), 1), ((b"1", b"2"), 2), ((b"x",), MAX_HOPS), ((b"-1",), MAX_HOPS), ((b"9" * 30,), MAX_HOPS)],
)
def test_hops_that_are_no_number_count_as_too_many(values: tuple[bytes, ...], hops: int) -> None:
    assert hops_of(a_raw(headers=tuple((b"x-smsbin-HOPS", value) for value in values))) == hops
