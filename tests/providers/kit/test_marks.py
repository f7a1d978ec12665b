"""Marks as data: which fields must be there, which must not, which values fit."""

import re

import pytest

from app.providers.kit.glance import Glance
from app.providers.kit.marks import RequestMark, first_reason, header_mark
from tests.storage.builders import a_raw

MARK = RequestMark(
    reason="all is well",
    all_of=("id", "to"),
    any_of=("text", "body"),
    none_of=("action",),
    matching=(("account", re.compile("AC[0-9]+")),),
)


def _glance(query: str, *headers: tuple[bytes, bytes]) -> Glance:
    return Glance(a_raw(b"", headers=headers, target=f"/k?{query}"))


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("id=1&to=&text=hi&account=AC1", True),
        ("ID=1&To=2&Body=&Account=AC1", True),
        ("id=1&text=hi&account=AC1", False),
        ("id=1&to=2&account=AC1", False),
        ("id=1&to=2&text=hi&account=AC1&action=", False),
        ("id=1&to=2&text=hi&account=xAC1", False),
        ("id=1&to=2&text=hi", False),
    ],
)
def test_a_mark_is_on_a_request_that_meets_all_its_conditions(query: str, fits: bool) -> None:
    assert MARK.is_on(_glance(query)) is fits


def test_a_header_alone_is_a_mark_in_any_case() -> None:
    mark = header_mark("X-Acme-Signature")
    assert mark.reason == "the header X-Acme-Signature is present"
    assert mark.is_on(_glance("", (b"x-ACME-signature", b"")))
    assert not mark.is_on(_glance("x-acme-signature=1"))


def test_the_first_mark_gives_the_reason() -> None:
    marks = (MARK, RequestMark(reason="an id", all_of=("id",)), RequestMark(reason="a to", all_of=("to",)))
    assert first_reason(_glance("id=1&to=2"), marks) == "an id"
    assert first_reason(_glance("from=1"), marks) is None
