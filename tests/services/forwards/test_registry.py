"""The forwards of all bins: added, changed, and shown with their captures."""

from pathlib import Path

import pytest

from app.domain.forwards.model import MOST_FORWARDS, Forward, ForwardSignature, ForwardState
from app.errors import Conflict, Invalid, NotFound
from app.services.forwards import recent, registry

from .target import Forwarding, Target, a_target, answer_of, forwarding


async def test_a_bin_has_so_many_forwards(place: Forwarding, target: Target) -> None:
    for _ in range(MOST_FORWARDS):
        await place.add(target.url)
    with pytest.raises(Conflict, match="at most 20"):
        await place.add(target.url)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "a" * 101}, "name"), ({"name": "a\nb"}, "name"), ({"timeout_s": 1}, "timeout_s"),
        ({"timeout_s": 61}, "timeout_s"), ({"filter": "nothing:1"}, "filter"), ({"filter": "after:1h"}, "filter"),
        ({"url": "http://bin.example/x"}, "url"),
        ({"url": "http://BIN.example/x"}, "url"),
        ({"url": "http://127.0.0.2/x"}, "url"), ({"url": "http://[::1]/x"}, "url"),
    ],
)  # fmt: skip
async def test_wrong_settings_are_refused(place: Forwarding, values: dict[str, object], field: str) -> None:
    forward = Forward(**{"name": "F", "url": "https://x.example/", **values})
    with pytest.raises(Invalid) as raised:
        await place.forwards.add(place.bin.id, forward, position=None)
    assert [name for name, _ in raised.value.problems] == [field]


async def test_another_url_forgets_the_failures_and_a_new_signature_has_a_secret(tmp_path: Path) -> None:
    async with forwarding(tmp_path) as place, a_target(lambda _: answer_of(410)) as gone, a_target() as target:
        forward = await place.add(gone.url)
        await place.capture()
        await place.until_stored(forward, 1, "retrying")
        assert place.forwards.of(place.bin.id)[0].health.state is ForwardState.PAUSED
        moved = Forward(name="F", url=target.url, signature=ForwardSignature.SMSBIN)
        await place.forwards.change(place.bin.id, forward.id, moved)
        secret = (await place.forwards.status(place.bin.id, forward.id)).secret
        assert (secret or "").startswith("whsec_")
        await place.forwards.resume(place.bin.id, forward.id)
        await place.until_stored(forward, 1, "delivered")
        assert target.seen[0].header("webhook-id") == f"{place.bin.id}.1"
        await place.forwards.change(place.bin.id, forward.id, Forward(name="F", url=target.url))
        assert (await place.forwards.status(place.bin.id, forward.id)).secret is None


async def test_a_target_that_was_allowed_once_can_stay_while_something_else_is_changed(tmp_path: Path) -> None:
    url = "http://127.0.0.1:9999/sms"
    async with forwarding(tmp_path) as place:
        forward = await place.add(url)
    async with forwarding(tmp_path, allowed=(), bin=place.bin) as place:
        changed = await place.forwards.change(place.bin.id, forward.id, Forward(name="G", url=url))
        assert changed.forward.name == "G"
        with pytest.raises(Invalid, match="is blocked, because"):
            await place.forwards.change(place.bin.id, forward.id, Forward(name="G", url=url + "2"))


async def test_lag_and_the_oldest_are_of_what_is_not_sent(place: Forwarding, target: Target) -> None:
    forward = await place.forwards.add(place.bin.id, Forward(name="F", url=target.url), position=None, is_paused=True)
    status = await place.forwards.status(place.bin.id, forward.id)
    assert (status.lag, status.oldest_due_at) == (0, None)
    for _ in range(3):
        await place.capture()
    rows = await place.rows()
    status = await place.forwards.status(place.bin.id, forward.id)
    assert (status.lag, status.oldest_due_at) == (3, rows[-1].received_at)
    with pytest.raises(NotFound):
        await place.forwards.status("none", forward.id)


async def test_a_preview_counts_the_matches_of_the_last_requests(
    place: Forwarding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "PREVIEWED", 3)
    for size in (1, 9, 9, 1):
        await place.capture(b"a" * size)
    found = await place.forwards.preview(place.bin.id, Forward(name="F", url="", filter="size:>5"))
    assert found == (2, 3)
    with pytest.raises(Invalid, match="time ago"):
        await place.forwards.preview(place.bin.id, Forward(name="F", url="", filter="before:10m"))


async def test_changes_are_remembered_up_to_a_limit(
    place: Forwarding, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "RECENT", 2)
    forward = await place.add(target.url)
    before = place.forwards.recent.version(place.bin.id)
    for _ in range(3):
        await place.capture()
    # They are sent side by side, so any of them may be the last one.
    for n in (1, 2, 3):
        await place.until_stored(forward, n, "delivered")
    assert place.forwards.recent.version(place.bin.id) > before
    assert len(place.forwards.recent.since(place.bin.id, before)) == 2
    assert place.forwards.recent.since(place.bin.id, place.forwards.recent.version(place.bin.id)) == []
