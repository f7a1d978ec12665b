"""Marks of a provider as data: which fields or which header only its requests have."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .glance import Glance


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMark:
    """A request has this mark when it has a `header`, or: all of the fields `all_of`, one of `any_of` (where there are
    any), none of `none_of`, and values that match as a whole in the fields of `matching`. Names in lower case.

    `reason`: why it looks like this provider's, as the end of a sentence.
    """

    reason: str
    header: bytes = b""
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    matching: tuple[tuple[str, re.Pattern[str]], ...] = ()

    def is_on(self, glance: Glance) -> bool:
        """Whether a request has it."""
        if self.header:
            return self.header in glance.headers
        fields = glance.fields
        for name, pattern in self.matching:
            if not pattern.fullmatch(fields.get(name, "")):
                return False
        for name in self.all_of:
            if name not in fields:
                return False
        return (not self.any_of or glance.has_any(self.any_of)) and not (self.none_of and glance.has_any(self.none_of))


def first_reason(glance: Glance, marks: Iterable[RequestMark]) -> str | None:
    """The reason of the first mark that a request has."""
    return next((mark.reason for mark in marks if mark.is_on(glance)), None)


def header_mark(name: str) -> RequestMark:
    """A header that only this provider sends."""
    return RequestMark(reason=f"the header {name} is present", header=name.lower().encode())
