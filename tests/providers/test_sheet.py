"""What all data sheets have: status words in any spelling, requests as they would be captured."""

from datetime import UTC, datetime

import pytest

from app.domain.roles import Role
from app.domain.statuses import UNKNOWN, Status
from app.providers import PROVIDERS
from app.providers.sheet import ComposedRequest, Sheet, as_raw, plain, xml_answer

AT = datetime(2026, 11, 27, tzinfo=UTC)
SHEETS = pytest.mark.parametrize("sheet", PROVIDERS.values(), ids=list(PROVIDERS))


@pytest.mark.parametrize("word", ["In-Queue", "in queue", " INQUEUE ", "in_queue", "inqueue"])
def test_a_status_word_is_one_in_every_spelling(word: str) -> None:
    assert plain(word) == "inqueue"
    assert PROVIDERS["ytel"].word(word).status is Status.QUEUED


def test_a_word_that_no_sheet_has_is_unknown() -> None:
    assert PROVIDERS["ytel"].word("teleported") is PROVIDERS["ytel"].word(None) is UNKNOWN


@SHEETS
def test_words_and_names_are_spelled_as_they_are_looked_up(sheet: Sheet) -> None:
    assert [word for word in sheet.words if plain(word) != word] == []
    assert [name for name in (*sheet.meanings, *sheet.varies) if name != name.lower()] == []


@SHEETS
def test_a_portal_has_a_field_for_the_primary_and_says_when_it_was_checked(sheet: Sheet) -> None:
    assert Role.PRIMARY in {field.role for field in sheet.portal.fields}
    assert datetime.fromisoformat(sheet.portal.checked)


def test_a_composed_request_is_captured_with_its_query_and_headers() -> None:
    request = ComposedRequest(method="GET", query="a=1", headers=(("X-One", "é"),), body=b"")
    raw = as_raw(request, "/k", AT)
    assert (raw.method, raw.target, raw.headers, raw.received_at) == ("GET", "/k?a=1", ((b"X-One", b"\xe9"),), AT)
    assert as_raw(ComposedRequest(method="GET", query="", headers=(), body=b""), "/k", AT).target == "/k"


def test_an_xml_answer_is_a_whole_document() -> None:
    answer = xml_answer("<Sms>hi</Sms>")
    assert answer.body == '<?xml version="1.0" encoding="UTF-8"?><Response><Sms>hi</Sms></Response>'
    assert answer.content_type == "text/xml"
