"""The JSON of a field mapping: small, with one name or several for a value, and refused with the reason otherwise."""

import pytest
from msgspec import structs

from app.domain.mappings import (
    MAX_ADDRESS,
    MAX_ADDRESSES,
    MAX_STATUSES,
    MAX_TITLE,
    MAX_WORD,
    MEANINGS,
    FieldMapping,
    MappedFields,
    MappedKinds,
    read_mapping,
    write_mapping,
)
from app.domain.roles import Kind, Role
from app.domain.statuses import Status, Word
from app.errors import Invalid
from app.web.site.convert import convert

WHOLE = {
    "version": 1,
    "name": "Acme",
    "fields": {"from": "data.sender", "to": ["data.to", "to"], "media": "data.media.*"},
    "kinds": {"primary": "inbound", "voice-fallback": "status"},
    "statuses": {"1": "delivered", "DELIVRD": {"status": "sent", "final": True}},
}


def _problems(**changed: object) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        convert(WHOLE | changed, FieldMapping)
    return dict(error.value.problems)


def test_what_is_stored_is_what_was_given() -> None:
    mapping = convert(WHOLE, FieldMapping)
    assert read_mapping(write_mapping(mapping)) == mapping
    assert mapping.fields.addresses("from") == ("data.sender",)
    assert mapping.fields.addresses("to") == ("data.to", "to")
    assert mapping.fields.addresses("id") == ()
    assert '"version":1' in write_mapping(mapping)


def test_the_kind_of_a_url_is_set_or_not() -> None:
    kinds = convert(WHOLE, FieldMapping).kinds
    assert [kinds.of(role) for role in Role] == [Kind.INBOUND, None, None, None, Kind.STATUS]
    assert {field.encode_name for field in structs.fields(MappedKinds)} == {role.value for role in Role}


def test_a_meaning_is_a_field_of_the_json() -> None:
    assert sorted(MEANINGS) == sorted(field.encode_name for field in structs.fields(MappedFields))
    for meaning in MEANINGS:
        assert convert(WHOLE | {"fields": {"id": "i", meaning: "x"}}, FieldMapping).fields.addresses(meaning) == ("x",)


def test_a_status_is_final_as_usual_or_as_it_is_set() -> None:
    words = {"a": "delivered", "b": "sent", "c": {"status": "failed", "final": False}, "d": {"status": "sent"}}
    mapping = convert(WHOLE | {"statuses": words}, FieldMapping)
    assert mapping.words() == {
        "a": Word(Status.DELIVERED, True), "b": Word(Status.SENT), "c": Word(Status.FAILED), "d": Word(Status.SENT),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "field", "cure"),
    [
        ({"version": 2}, "version", "must be 1"),
        ({"name": ""}, "name", "must be a string of 1 to 60 characters"),
        ({"name": " "}, "name", "must not be blank"),
        ({"name": "a\nb"}, "name", "line breaks"),
        ({"fields": {}}, "fields", "must have at least one of from, to, text and id"),
        ({"fields": {"status": "s"}}, "fields", "must have at least one of from, to, text and id"),
        ({"fields": {"from": []}}, "fields.from", "must be the name of a field"),
        ({"fields": {"to": ["a", 1]}}, "fields.to", "must be the name of a field"),
        ({"fields": {"sender": "a"}}, "fields.sender", "unknown field"),
        ({"kinds": {"primary": "call"}}, "kinds.primary", "must be one of inbound, status, voice, other or null"),
        ({"kinds": {"sms": "inbound"}}, "kinds.sms", "unknown field"),
        ({"statuses": {"1": "deliverd"}}, "statuses.1", "must be one of received,"),
        ({"statuses": {"1": {"status": "x"}}}, "statuses.1.status", "must be one of received,"),
        ({"statuses": {"1": {"status": "sent", "last": True}}}, "statuses.1.last", "unknown field"),
        ({"statuses": []}, "statuses", "must be an object with at most 200 status words"),
        ({"colour": 1}, "colour", "unknown field"),
    ],
)
def test_each_wrong_part_is_named_with_the_cure(changed: dict[str, object], field: str, cure: str) -> None:
    assert cure in _problems(**changed)[field]


def test_all_wrong_parts_are_named_together() -> None:
    found = _problems(name=1, fields={"to": 1}, statuses={"a": 1, "b": "sent", "c": None})
    assert list(found) == ["name", "fields.to", "statuses.a", "statuses.c"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"name": "a", "fields": {}}', b"\xff", '{"version": 2}'])
def test_what_is_no_mapping_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_mapping(text)


@pytest.mark.parametrize(
    ("most", "made"),
    [
        (MAX_TITLE, lambda count: {"name": "n" * count}),
        (MAX_ADDRESS, lambda count: {"fields": {"from": "a" * count}}),
        (MAX_ADDRESSES, lambda count: {"fields": {"from": ["a"] * count}}),
        (MAX_STATUSES, lambda count: {"statuses": {str(number): "sent" for number in range(count)}}),
        (MAX_WORD, lambda count: {"statuses": {"w" * count: "sent"}}),
    ],
)
def test_a_mapping_has_limits(most: int, made: object) -> None:
    convert(WHOLE | made(most), FieldMapping)
    with pytest.raises(Invalid):
        convert(WHOLE | made(most + 1), FieldMapping)
