"""Plain values to typed inputs: every wrong field is named by its path, with what would be right."""

from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import UNSET, Meta, UnsetType

from app.domain.simulations import Traffic
from app.errors import Invalid
from app.web.openapi import OPERATIONS
from app.web.site.convert import Input, NoInput, convert


def _check_word(word: str) -> None:
    if " " in word:
        raise ValueError("must be one word")


class Inner(Input, frozen=True, kw_only=True):
    number: Annotated[int, Meta(ge=1, le=5_000)]
    flag: bool = False


class Outer(Input, frozen=True, kw_only=True, rename={"kind": "class"}):
    word: Annotated[str, Meta(min_length=1, max_length=9, extra={"check": _check_word})] | UnsetType = UNSET
    kind: Literal["a", "b"]
    what: Traffic = Traffic.INBOUND
    share: Annotated[float, Meta(gt=0, le=1)] | None = None
    pairs: Annotated[tuple[tuple[str, str], ...], Meta(extra={"reason": "must be pairs"})] = ()
    inner: Inner | None = None
    rows: tuple[Inner, ...] = ()


def problems(raw: object, wanted: type[msgspec.Struct] = Outer) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        convert(raw, wanted)
    assert len(error.value.problems) == len(dict(error.value.problems))
    return dict(error.value.problems)


def test_a_whole_input_is_made_of_plain_values() -> None:
    raw = {"class": "b", "what": "voice", "share": 1, "pairs": [["a", "b"]], "rows": [{"number": 1}, {"number": 2}]}
    assert convert(raw, Outer) == Outer(
        kind="b", what=Traffic.VOICE, share=1.0, pairs=(("a", "b"),), rows=(Inner(number=1), Inner(number=2))
    )


def test_a_field_that_is_left_out_is_told_apart_from_null() -> None:
    assert convert({"class": "a"}, Outer).word is UNSET
    assert convert({"class": "a", "share": None, "inner": None}, Outer) == Outer(kind="a")
    assert problems({"class": "a", "word": None}) == {"word": "must be a string of 1 to 9 characters"}


def test_every_wrong_field_is_named_by_its_path() -> None:
    raw = {
        "word": "two words", "what": 1, "share": 0, "pairs": [["a"]], "inner": {"number": "1", "x": 1},
        "rows": [{"number": 1}, {"flag": 1}, 3, {"number": 0}], "colour": "red",
    }  # fmt: skip
    assert problems(raw) == {
        "colour": "unknown field",
        "word": "must be one word",
        "class": "must be one of a, b",
        "what": "must be one of inbound, outbound, voice",
        "share": "must be a number greater than 0 and at most 1 or null",
        "pairs": "must be pairs",
        "inner.x": "unknown field",
        "inner.number": "must be a whole number from 1 to 5,000",
        "rows.1.number": "must be a whole number from 1 to 5,000",
        "rows.1.flag": "must be true or false",
        "rows.2": "must be an object with number, flag",
        "rows.3.number": "must be a whole number from 1 to 5,000",
    }


@pytest.mark.parametrize("number", [True, False, 1.0, "1", None, 5_001, 10**400, float("inf")])
def test_only_a_whole_number_in_its_range_is_one(number: object) -> None:
    assert set(problems({"class": "a", "inner": {"number": number}})) == {"inner.number"}


@pytest.mark.parametrize("share", [True, "1", 10**400, -(10**400), float("nan"), float("inf")])
def test_only_a_number_in_its_range_is_one(share: object) -> None:
    assert set(problems({"class": "a", "share": share})) == {"share"}


@pytest.mark.parametrize("raw", [None, [], "x", 1])
def test_only_an_object_is_an_input(raw: object) -> None:
    assert problems(raw) == {"body": "must be a JSON object"}
    assert set(problems({"class": "a", "inner": raw if raw is not None else 7})) == {"inner"}
    assert set(problems({"class": "a", "rows": raw if raw != [] else {}})) == {"rows"}


def test_a_call_without_fields_takes_none() -> None:
    assert convert({}, NoInput) == NoInput()
    assert problems({"a": 1}, NoInput) == {"a": "unknown field"}


def _all_inputs(base: type[Input] = Input) -> list[type[Input]]:
    found = []
    for each in base.__subclasses__():
        found += [each, *_all_inputs(each)]
    return [each for each in found if each.__module__.startswith("app.")]


def test_inputs_refuse_unknown_fields_in_the_document_too() -> None:
    bodies = {operation.body for operation in OPERATIONS.values() if isinstance(operation.body, type)}
    inputs = {*_all_inputs(), *bodies}
    for wanted in inputs:
        schema = msgspec.json.schema(wanted)["$defs"][wanted.__name__]
        assert schema["additionalProperties"] is False, wanted
        assert set(problems({"no such field": 1}, wanted)) >= {"no such field"}


class Mixed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    by_name: Annotated[dict[str, Traffic | Inner], Meta(max_length=2, extra={"reason": "must be two at most"})] = {}
    word: str = ""

    def __post_init__(self) -> None:
        if not self.by_name and not self.word:
            raise ValueError("must have one of by_name and word")


class Around(Input, frozen=True, kw_only=True):
    inner: Mixed | None = None


def test_the_values_of_an_object_with_any_names_are_named_each() -> None:
    raw = {"by_name": {"a": "inbound", "b": {"number": 3}}}
    assert convert(raw, Mixed) == Mixed(by_name={"a": Traffic.INBOUND, "b": Inner(number=3)})
    assert list(problems({"by_name": {"a": 1, "b": {"number": 0}}}, Mixed)) == ["by_name.a", "by_name.b.number"]
    many = {"by_name": dict.fromkeys("abc", "inbound")}
    assert problems(many, Mixed) == {"by_name": "must be two at most"}
    # So many are refused without a look at each.
    assert problems({"by_name": dict.fromkeys("abc", 1)}, Mixed) == {"by_name": "must be two at most"}
    assert problems({"by_name": 1}, Mixed) == {"by_name": "must be two at most"}


def test_what_a_struct_itself_refuses_is_a_problem_of_that_object() -> None:
    assert problems({}, Mixed) == {"body": "must have one of by_name and word"}
    assert problems({"inner": {}}, Around) == {"inner": "must have one of by_name and word"}
