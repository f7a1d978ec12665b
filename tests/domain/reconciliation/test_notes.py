"""The capture that a note of the provider is about."""

from datetime import timedelta

import pytest

from app.domain.reconciliation.notes import WITHIN, CaptureTime, capture_of
from app.domain.reconciliation.records import ProviderNote
from app.domain.roles import Role

from .cases import at

AT = at(0).at()


def _note(role: Role | None = Role.STATUS, **changed: object) -> ProviderNote:
    values = {"row": 1, "provider": "twilio", "about": "SM1", "ok": False, "at": at(0), "role": role}
    return ProviderNote(**(values | changed))  # type: ignore[arg-type]


def test_it_is_the_nearest_one_on_the_same_url() -> None:
    captures = [
        CaptureTime(1, Role.STATUS, AT - timedelta(seconds=16)),
        CaptureTime(2, Role.STATUS, AT + timedelta(seconds=3)),
        CaptureTime(3, Role.PRIMARY, AT),
    ]
    assert capture_of(_note(), captures) == 2
    assert capture_of(_note(None), captures) == 3
    assert capture_of(_note(Role.FALLBACK), captures) is None
    assert capture_of(_note(), []) is None
    assert capture_of(_note(at=None), captures) is None


@pytest.mark.parametrize(("more", "found"), [(timedelta(0), 1), (timedelta(milliseconds=1), None)])
def test_one_that_is_too_far_away_is_another_call(more: timedelta, found: int | None) -> None:
    for distance in (WITHIN + more, -WITHIN - more):
        assert capture_of(_note(), [CaptureTime(1, Role.STATUS, AT + distance)]) == found
