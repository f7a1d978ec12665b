"""Filters that users have saved in a bin, under a name."""

import re
from dataclasses import dataclass
from datetime import datetime

MAX_SAVED = 50
"""Saved filters of a bin."""

MAX_FILTER_NAME = 60
"""Characters of a name."""

FILTER_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFilter:
    """A filter with a name. `text` is written in the grammar of `domain/search/`; another version of smsbin may have
    saved it, with terms that this one does not know."""

    id: str
    name: str
    text: str
    saved_at: datetime


def name_problem(name: str) -> str | None:
    """Why this cannot be the name of a filter, or None."""
    if not name.strip() or len(name) > MAX_FILTER_NAME:
        return f"must have 1 to {MAX_FILTER_NAME} characters"
    return "must not contain line breaks or control characters" if _CONTROL.search(name) else None


def suggested_name(text: str) -> str:
    """A name for a filter without one: its text, shortened."""
    return text if len(text) <= MAX_FILTER_NAME else text[: MAX_FILTER_NAME - 1] + "…"
