"""The three steps: each is done by what happened, not by a click."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.drills import Card, Drill
from app.domain.roles import Role
from app.web.setup.reach import Reach, sort_out
from app.web.setup.steps import checklist

from .rows import LOCAL, row

NOW = datetime(2026, 11, 29, tzinfo=UTC)
NOBODY = Reach({}, {})


def _drill(*, ended: bool = True, **card: Any) -> Drill:
    return Drill(
        id="d", bin_id="b", role=Role.PRIMARY, measuring=False, started_at=NOW, steps=(), card=Card(**card),
        ended_at=NOW if ended else None,
    )  # fmt: skip


def test_nothing_is_done_at_the_beginning() -> None:
    steps = checklist(NOBODY, [])
    assert steps.done == 0
    assert (steps.request.text, steps.callback.text) == ("No request received yet", "No status callback received yet")


@pytest.mark.parametrize("role", [Role.PRIMARY, Role.FALLBACK, Role.VOICE, Role.VOICE_FALLBACK])
def test_a_request_from_outside_to_any_url_for_messages_or_calls_does_the_first_step(role: Role) -> None:
    steps = checklist(sort_out([row(4, role)]), [])
    assert steps.request.tone == "ok"
    assert steps.request.row is not None
    assert steps.done == 1


def test_a_callback_from_outside_does_the_second_step_only() -> None:
    steps = checklist(sort_out([row(4, Role.STATUS)]), [])
    assert (steps.request.tone, steps.callback.tone) == ("", "ok")


def test_a_request_from_this_machine_is_told_and_does_no_step() -> None:
    steps = checklist(sort_out([row(4, peer=LOCAL)]), [])
    assert steps.done == 0
    assert steps.request.text.startswith("Only received from this machine")


@pytest.mark.parametrize(
    ("drills", "tone", "text"),
    [
        ([], "", "Not tested"),
        ([_drill(ended=False)], "", "running"),
        ([_drill()], "", "Not tested"),
        ([_drill(messages=1, recovered=1)], "ok", "The fallback received"),
        ([_drill(messages=2, recovered=1, lost=1)], "warn", "lost"),
        ([_drill(messages=1, retried=1)], "warn", "not used"),
        ([_drill(ended=False), _drill(messages=1, recovered=1)], "ok", "The fallback received"),
        ([_drill(messages=1, retried=1), _drill(messages=1, recovered=1)], "warn", "not used"),
    ],
)
def test_the_newest_drill_that_a_message_met_tells_whether_the_fallback_works(
    drills: list[Drill], tone: str, text: str
) -> None:
    step = checklist(NOBODY, drills).fallback
    assert step.tone == tone
    assert text in step.text
