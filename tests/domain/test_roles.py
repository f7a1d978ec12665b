"""Roles and kinds are part of capture URLs, of the API and of stored rows."""

import re

from app.domain.roles import Kind, Role


def test_the_spelling_of_roles_and_kinds_does_not_change() -> None:
    """Users have pasted capture URLs with these words at their providers, and both files have them in rows."""
    assert [role.value for role in Role] == ["primary", "fallback", "status", "voice", "voice-fallback"]
    assert [kind.value for kind in Kind] == ["inbound", "status", "voice", "other"]


def test_a_role_is_one_segment_of_a_path() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", role.value) for role in Role)


def test_a_role_is_its_text() -> None:
    assert (f"{Role.VOICE_FALLBACK}", Role("voice-fallback")) == ("voice-fallback", Role.VOICE_FALLBACK)
