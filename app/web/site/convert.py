"""Plain values (of JSON, or of a form) to the typed input of a call. Every wrong field is named, by its path such as
`rules.0.answer.status`, with what would be right.

`msgspec.convert` stops at the first error. So structs, lists of structs, and objects with any names are walked here
field by field, and it converts each of the fields. The ValueError of a struct's `__post_init__` is a problem of that
object. A field may have more in the `extra` of its `Meta`:

- `reason`: what would be right, in place of the words made from the type.
- `values`: the only values that are accepted.
- `check`: called with the converted value; its ValueError says what is wrong.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import Meta, UnsetType, inspect

from ...errors import Invalid

Problems = list[tuple[str, str]]


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of all inputs: immutable, and documented as refusing unknown fields."""


class NoInput(Input, frozen=True):
    """The input of a call that takes no fields."""


I = TypeVar("I", bound=msgspec.Struct)  # noqa: E741


def documented(**schema: object) -> Meta:
    """Limits for the OpenAPI document only: the domain's check enforces them, and names all problems at once."""
    return Meta(extra_json_schema=schema)


def convert(raw: object, wanted: type[I]) -> I:
    """The input in `raw`. Invalid names every field that is wrong, missing or unknown."""
    if not isinstance(raw, dict):
        raise Invalid(("body", "must be a JSON object"))
    problems: Problems = []
    value = _object(raw, wanted, "", problems)
    if value is None:
        raise Invalid(*problems)
    return value


@dataclass(frozen=True, slots=True)
class _InputField:
    """`key` is its name in JSON. `struct`: it holds one such object or, when `is_list`, a list of them; `is_mixed`: or
    another value. `each`: it holds an object with any names, at most `most`, whose values are of this kind."""

    name: str
    key: str
    wanted: Any
    is_required: bool
    is_nullable: bool
    struct: type[msgspec.Struct] | None
    is_list: bool
    is_mixed: bool
    each: "_InputField | None"
    most: int
    reason: str
    values: Collection[object] | None
    check: Callable[[Any], object] | None


@cache
def _fields(wanted: type[msgspec.Struct]) -> tuple[_InputField, ...]:
    info = inspect.type_info(wanted)
    assert isinstance(info, inspect.StructType)
    pairs = zip(msgspec.structs.fields(wanted), info.fields, strict=True)
    return tuple(
        _field(inspected.type, _without_unset(declared.type), declared.name, declared.encode_name, declared.required)
        for declared, inspected in pairs
    )


def _field(info: inspect.Type, wanted: Any, name: str = "", key: str = "", is_required: bool = False) -> _InputField:
    extra, kinds = _unwrap(info)
    items = [kind.item_type for kind in kinds if isinstance(kind, inspect.ListType | inspect.VarTupleType)]
    structs: list[Any] = [kind.cls for kind in (*kinds, *items) if isinstance(kind, inspect.StructType)]
    objects = [kind for kind in kinds if isinstance(kind, inspect.DictType)]
    plain = [kind for kind in kinds if not isinstance(kind, inspect.NoneType | inspect.StructType)]
    return _InputField(
        name=name,
        key=key,
        wanted=wanted,
        is_required=is_required,
        is_nullable=any(isinstance(kind, inspect.NoneType) for kind in kinds),
        struct=structs[0] if structs else None,
        is_list=bool(items),
        is_mixed=bool(plain),
        each=_field(objects[0].value_type, _value_type(wanted)) if objects else None,
        most=(objects[0].max_length or 0) if objects else 0,
        reason=_reason(extra, kinds),
        values=extra.get("values"),
        check=extra.get("check"),
    )


def _unwrap(info: inspect.Type) -> tuple[dict[str, Any], list[inspect.Type]]:
    """The `extra` of a type, and the members of the union that it is."""
    if isinstance(info, inspect.Metadata):
        inner, kinds = _unwrap(info.type)
        return inner | (info.extra or {}), kinds
    if isinstance(info, inspect.UnionType):
        parts = [_unwrap(each) for each in info.types]
        return {name: value for extra, _ in parts for name, value in extra.items()}, [
            kind for _, kinds in parts for kind in kinds
        ]
    return {}, [info]


def _without_unset(declared: Any) -> Any:
    """`msgspec.convert` takes UnsetType in fields only."""
    members = get_args(declared)
    return members[0] if len(members) == 2 and members[1] is UnsetType else declared


def _value_type(declared: Any) -> Any:
    """The type of the values of a dict."""
    return get_args(declared.__origin__ if hasattr(declared, "__metadata__") else declared)[1]


def _object(raw: object, wanted: type[I], path: str, problems: Problems) -> I | None:
    """None when there is a problem, in this object or in one before it."""
    fields = _fields(wanted)
    if not isinstance(raw, dict):
        problems.append((path, f"must be an object with {', '.join(field.key for field in fields)}"))
        return None
    before = f"{path}." if path else ""
    known = {field.key for field in fields}
    problems += [(f"{before}{name}", "unknown field") for name in raw if name not in known]
    values = {}
    for field in fields:
        if field.key in raw:
            values[field.name] = _value(raw[field.key], field, before + field.key, problems)
        elif field.is_required:
            problems.append((before + field.key, field.reason))
    if problems:
        return None
    try:
        return wanted(**values)
    except ValueError as error:
        problems.append((path or "body", str(error)))
        return None


def _value(raw: object, field: _InputField, path: str, problems: Problems) -> Any:
    if raw is None and field.is_nullable:
        return None
    if field.struct is not None and field.is_list:
        if isinstance(raw, list):
            return tuple(_object(one, field.struct, f"{path}.{index}", problems) for index, one in enumerate(raw))
        problems.append((path, "must be a list"))
        return None
    if field.struct is not None and (isinstance(raw, dict) or not field.is_mixed):
        return _object(raw, field.struct, path, problems)
    before = len(problems)
    if field.each is not None and isinstance(raw, dict) and len(raw) <= field.most:
        for name, one in raw.items():
            _value(one, field.each, f"{path}.{name}", problems)
    return _plain_value(raw, field, path, problems) if len(problems) == before else None


def _plain_value(raw: object, field: _InputField, path: str, problems: Problems) -> Any:
    try:
        value = msgspec.convert(raw, field.wanted)
        if field.check is not None:
            field.check(value)
    except msgspec.ValidationError:
        problems.append((path, field.reason))
    except ValueError as error:
        problems.append((path, str(error)))
    else:
        if field.values is None or value in field.values:
            return value
        problems.append((path, field.reason))
    return None


def _reason(extra: dict[str, Any], kinds: list[inspect.Type]) -> str:
    if "values" in extra and "reason" not in extra:
        return f"must be one of {', '.join(extra['values'])}"
    return extra.get("reason") or f"must be {' or '.join(map(_describe, kinds))}"


def _describe(kind: inspect.Type) -> str:
    """What a value must be, in words."""
    match kind:
        case inspect.NoneType():
            return "null"
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType():
            return "a whole number" + ("" if kind.ge is None else f" from {kind.ge:,} to {kind.le:,}")
        case inspect.FloatType():
            return "a number" + ("" if kind.gt is None else f" greater than {kind.gt:g} and at most {kind.le:g}")
        case inspect.StrType():
            return "a string" + (
                "" if kind.min_length is None else f" of {kind.min_length} to {kind.max_length} characters"
            )
        case inspect.LiteralType():
            return f"one of {', '.join(map(str, kind.values))}"
        case inspect.EnumType():
            return f"one of {', '.join(member.value for member in kind.cls)}"
        case inspect.StructType():
            return "an object"
    return "something else; see the API's document"
