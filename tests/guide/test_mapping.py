"""The page of the guide about mappings: its example works, and its tables name everything that the type has."""

import re
from datetime import UTC, datetime

import msgspec
import pytest
from msgspec import structs

from app.domain.mappings import (
    MAX_ADDRESSES,
    MAX_STATUSES,
    MAX_TITLE,
    MEANINGS,
    FieldMapping,
    MappedKinds,
)
from app.domain.roles import Kind, Role
from app.domain.statuses import Status
from app.providers import recognise
from app.providers.custom import CustomReader
from app.services.mapping_preview import PREVIEWED
from app.web.site.convert import convert
from tests.parsing.support import JSON, request

from .written import DOCS

PAGE = (DOCS / "mapping.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(EXAMPLE,) = [msgspec.json.decode(text) for label, text in BLOCKS if label == "json"]
INBOUND, CALLBACKS = [text.encode() for label, text in BLOCKS if text.startswith("{") and label == ""]


@pytest.fixture
def reader() -> CustomReader:
    return CustomReader(convert(EXAMPLE, FieldMapping))


def _rows(title: str) -> list[str]:
    """The names in the first column of the table below a heading."""
    return re.findall(r"^\| `([\w-]+)` \|", PAGE.partition(f"# {title}\n")[2].partition("\n#")[0], re.MULTILINE)


def test_the_mapping_of_the_example_parses_its_inbound_sms(reader: CustomReader) -> None:
    (event,) = recognise(request(INBOUND, JSON), Role.PRIMARY, None, reader).events
    assert (event.sender, event.recipient, event.text) == ("+14155550123", "90210", "Is it open?")
    assert (event.message_id, event.kind) == ("7f2c", Kind.INBOUND)


def test_the_mapping_of_the_example_parses_its_callbacks(reader: CustomReader) -> None:
    first, second = recognise(request(CALLBACKS, JSON), Role.STATUS, None, reader).events
    assert (first.message_id, first.status, first.recipient) == ("81aa", Status.DELIVERED, "+14155550123")
    assert (second.message_id, second.status, second.error_code) == ("81ab", Status.UNDELIVERED, "EC_ABSENT")
    assert (first.said_at, second.said_at) == (datetime(2024, 11, 24, 13, 59, 49, tzinfo=UTC), None)


def test_the_tables_name_every_part_of_the_file() -> None:
    assert _rows("The file") == [field.encode_name for field in structs.fields(FieldMapping)]
    assert _rows("Fields") == list(MEANINGS)


def test_the_words_and_figures_are_those_of_the_source() -> None:
    statuses = PAGE.partition("### Statuses")[2].partition("\n## ")[0]
    words = {status.value for status in Status} - {"received", "unknown"}
    assert {word for word in words if f"`{word}`" not in statuses} == set()
    kinds = PAGE.partition("### Kinds")[2].partition("###")[0]
    names = [field.encode_name for field in structs.fields(MappedKinds)]
    assert {name for name in [*names, *(kind.value for kind in Kind)] if f"`{name}`" not in kinds} == set()
    for figure in (f"at most {MAX_TITLE} characters", f"at most {MAX_STATUSES}", f"up to {MAX_ADDRESSES} names"):
        assert figure in PAGE
    assert PAGE.count(f"the last {PREVIEWED} ") == 2
