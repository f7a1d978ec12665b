"""What a form or a call states about a bin, checked field by field; every mistake is named at once."""

import re
from datetime import timedelta
from typing import Any

from ...domain.bins import NAME_LENGTH
from ...domain.providers import PROVIDER_TITLES
from ...domain.units import parse_duration
from ...errors import Invalid

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def bin_fields(value: dict[str, Any]) -> dict[str, Any]:
    """What was said about a bin: checked, and only what was said."""
    checks = {"name": _name, "provider": _provider, "retention": _retention, "stuck_after": _stuck_after}
    checked: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for field, said in value.items():
        try:
            checked[field] = checks[field](said)
        except ValueError as error:
            problems.append((field, str(error)))
    if problems:
        raise Invalid(*problems)
    return checked


def _name(said: object) -> str:
    if not isinstance(said, str) or not said.strip() or len(said) > NAME_LENGTH:
        raise ValueError(f"must be a text of 1 to {NAME_LENGTH} characters")
    if _CONTROLS.search(said):
        raise ValueError("must not hold line breaks or control characters")
    return said.strip()


def _provider(said: object) -> str | None:
    if said is None:
        return None
    if not isinstance(said, str) or said not in PROVIDER_TITLES:
        raise ValueError(f"must be null (detect) or one of {', '.join(PROVIDER_TITLES)}")
    return said


def _retention(said: object) -> timedelta | None:
    if said is None:
        return None
    if not isinstance(said, str):
        raise ValueError("must be a duration such as 30d, 0 for ever, or null for the server's")
    return parse_duration(said)


def _stuck_after(said: object) -> timedelta:
    if not isinstance(said, str):
        raise ValueError("must be a duration such as 5m, or 0 for never")
    return parse_duration(said)
