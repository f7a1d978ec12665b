"""Sheets are asked by their marks: none is passed over that would claim a request."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.captures import Role
from app.providers import PROVIDERS, recognise
from app.providers.glance import Glance
from tests.storage.builders import a_raw

from .requests import RECEIVED_AT, read_sample
from .test_samples import FILES

SAMPLES = [Glance(read_sample(path)[0]) for path in FILES]
JSON_HEADER = (b"Content-Type", b"application/json")


def _have_marks(glance: Glance) -> None:
    for sheet in PROVIDERS.values():
        if sheet.claims(glance):
            assert sheet.marks & glance.fields.keys() or sheet.headers & glance.headers, sheet.name


@pytest.mark.parametrize("glance", SAMPLES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_what_a_sheet_claims_has_one_of_its_marks(glance: Glance) -> None:
    _have_marks(glance)


@settings(deadline=None)
@given(st.data())
def test_a_mark_stands_in_every_part_of_a_request_that_is_claimed(data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(SAMPLES))
    kept = data.draw(st.lists(st.sampled_from(sample.pairs), max_size=6)) if sample.pairs else []
    headers = data.draw(st.lists(st.sampled_from(sample.raw.headers), max_size=1)) if sample.raw.headers else []
    _have_marks(Glance(a_raw(json.dumps(dict(kept)).encode(), RECEIVED_AT, headers=(JSON_HEADER, *headers))))


@pytest.mark.parametrize("sheet", PROVIDERS.values(), ids=lambda sheet: sheet.name)
def test_marks_are_spelled_as_a_glance_spells_names(sheet) -> None:
    assert sheet.marks == {mark.lower() for mark in sheet.marks}
    assert sheet.headers == {name.lower() for name in sheet.headers}


def test_a_request_with_a_mark_that_nobody_claims_is_read_by_common_names() -> None:
    raw = a_raw(b"messagesid=x&from=%2B14155550163", headers=((b"Content-Type", b"application/x-www-form-urlencoded"),))
    reading = recognise(raw, Role.PRIMARY)
    assert (reading.provider, reading.sender, reading.message_id) == ("generic", "+14155550163", "x")
