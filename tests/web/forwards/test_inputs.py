"""The inputs of forwards as the service takes them."""

import pytest

from app.domain.forwards.model import FAILED, DispatchOrder, DispatchState, EventContent, Forward, ForwardSignature
from app.domain.replays import Trigger
from app.domain.roles import Role
from app.errors import Invalid
from app.web.forwards.inputs import ForwardChange, ForwardInput, ForwardRetry
from app.web.site.convert import convert

GIVEN = {"name": "F", "url": "https://x.example/"}


def test_a_forward_has_its_defaults() -> None:
    given = convert(GIVEN, ForwardInput)
    assert given.forward == Forward(name="F", url="https://x.example/")
    assert (given.position, convert({**GIVEN, "start": 1}, ForwardInput).position) == (None, 0)


def test_a_change_leaves_the_rest() -> None:
    change = convert({"order": "none", "roles": ["status"], "paused": True}, ForwardChange)
    before = Forward(name="F", url="https://x.example/", filter="kind:inbound")
    assert change.changed(before) == Forward(
        name="F", url="https://x.example/", filter="kind:inbound", order=DispatchOrder.NONE, roles=(Role.STATUS,)
    )


def test_another_mode_gives_what_only_the_old_one_has_its_default() -> None:
    raw = Forward(name="F", url="https://x.example/", signature=ForwardSignature.TARGET, credentials=True)
    event = convert({"mode": "event", "event_content": "thin"}, ForwardChange).changed(raw)
    assert (event.signature, event.credentials, event.event_content) == (
        ForwardSignature.SMSBIN, False, EventContent.THIN,
    )  # fmt: skip
    assert convert({"mode": "raw"}, ForwardChange).changed(event).event_content is EventContent.FULL
    assert convert({"mode": "event"}, ForwardChange).changed(event) == event
    assert convert({"mode": "event", "signature": "target"}, ForwardChange).changed(raw).signature == "target"


def test_a_retry_without_fields_is_of_all_that_failed() -> None:
    retry = ForwardRetry().retry()
    assert (retry.states, retry.trigger, retry.first, retry.last, retry.lowest) == (FAILED, Trigger.BULK, 1, None, None)
    one = ForwardRetry(capture=4, only_5xx=True).retry()
    assert (one.trigger, one.first, one.last, one.lowest, one.highest) == (Trigger.MANUAL, 4, 4, 500, 599)
    with pytest.raises(Invalid, match="states"):
        ForwardRetry(states=(DispatchState.WAITING,)).retry()
