"""What a caller says about answers and faults: types here, limits in `domain/`; every mistake is named at once."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from ...domain.answers import Answer, RoleAnswers, Rule
from ...domain.checking import check_answers
from ...domain.faults import LASTS, MOST_SECONDS, Fault, FaultKind, check_fault
from ...errors import Invalid

ANSWER_FIELDS = ("status", "headers", "body", "delay_ms")
ANSWERS_FIELDS = (*ANSWER_FIELDS, "rules")
FAULT_FIELDS = ("kind", "status", "seconds", "count", "until", "chance")

T = TypeVar("T")
Problems = list[tuple[str, str]]


def read_answers(said: dict[str, Any]) -> RoleAnswers:
    """The whole of what a role shall answer. Invalid names every field that is wrong."""
    problems: Problems = []
    if not said:
        problems.append(("body", f"must have at least one of {', '.join(ANSWERS_FIELDS)}"))
    answer = _read_answer({name: value for name, value in said.items() if name != "rules"}, "", problems)
    rules = _read_rules(said.get("rules", []), problems)
    if problems:
        raise Invalid(*problems)
    answers = RoleAnswers(answer=answer, rules=tuple(rules))
    if problems := check_answers(answers):
        raise Invalid(*problems)
    return answers


def read_fault(said: dict[str, Any], now: datetime) -> Fault:
    """The fault that is asked for. Invalid names every field that is wrong."""
    problems: Problems = []
    given = {name: value for name, value in said.items() if value is not None}
    values: dict[str, Any] = {"kind": FaultKind.STATUS, "until": now + LASTS}
    if "kind" not in given:
        problems.append(("kind", f"must be one of {', '.join(FaultKind)}"))
    readers: dict[str, Callable[[Any], Any]] = {
        "kind": _kind, "status": _statuses, "seconds": _seconds, "count": _whole, "until": _until, "chance": _whole,
    }  # fmt: skip
    for name, value in given.items():
        _take("statuses" if name == "status" else name, name, value, readers[name], values, problems)
    if not problems:
        kind = values["kind"]
        if "status" in given and kind is not FaultKind.STATUS:
            problems.append(("status", "is only for kind status"))
        if "seconds" in given and kind not in (FaultKind.HOLD, FaultKind.SLOW):
            problems.append(("seconds", "is only for kinds hold and slow"))
    if problems:
        raise Invalid(*problems)
    fault = Fault(**values)
    if problems := check_fault(fault, now):
        raise Invalid(*problems)
    return fault


def _read_answer(said: object, path: str, problems: Problems) -> Answer:
    if not isinstance(said, dict):
        problems.append((path.rstrip("."), "must be an object"))
        return Answer()
    _refuse_unknown(said, ANSWER_FIELDS, path, problems)
    values: dict[str, Any] = {}
    readers = {"status": _whole, "headers": _headers, "body": _text, "delay_ms": _whole}
    for name in ANSWER_FIELDS:
        if name in said:
            _take(name, path + name, said[name], readers[name], values, problems)
    return Answer(**values)


def _read_rules(said: object, problems: Problems) -> list[Rule]:
    rules: list[Rule] = []
    if not isinstance(said, list):
        problems.append(("rules", "must be a list"))
        return rules
    for index, one in enumerate(said):
        path = f"rules.{index}"
        if not isinstance(one, dict):
            problems.append((path, "must be an object with match and answer"))
            continue
        _refuse_unknown(one, ("match", "answer"), path + ".", problems)
        values: dict[str, Any] = {"match": ""}
        _take("match", path + ".match", one.get("match"), _text, values, problems)
        rules.append(Rule(match=values["match"], answer=_read_answer(one.get("answer"), path + ".answer.", problems)))
    return rules


def _refuse_unknown(said: dict[Any, Any], known: Collection[str], path: str, problems: Problems) -> None:
    problems += [(f"{path}{name}", "unknown field") for name in said if name not in known]


def _take(
    name: str, path: str, said: Any, read: Callable[[Any], Any], values: dict[str, Any], problems: Problems
) -> None:
    try:
        values[name] = read(said)
    except ValueError as error:
        problems.append((path, str(error)))


def _whole(said: object) -> int:
    if not isinstance(said, int) or isinstance(said, bool):
        raise ValueError("must be a whole number")
    return said


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise ValueError("must be a string")
    return said


def _headers(said: object) -> tuple[tuple[str, str], ...]:
    try:
        return msgspec.convert(said, tuple[tuple[str, str], ...])
    except msgspec.ValidationError:
        raise ValueError('must be a list of pairs, such as [["Content-Type", "text/xml"]]') from None


def _kind(said: object) -> FaultKind:
    try:
        return FaultKind(_text(said))
    except ValueError:
        raise ValueError(f"must be one of {', '.join(FaultKind)}") from None


def _statuses(said: object) -> tuple[int, ...]:
    return tuple(_whole(one) for one in (said if isinstance(said, list) else [said]))


def _seconds(said: object) -> float:
    if not isinstance(said, int | float) or isinstance(said, bool):
        raise ValueError("must be a number")
    # Larger ones than a float can hold come too.
    return float(min(said, MOST_SECONDS + 1))


def _until(said: object) -> datetime:
    try:
        at = msgspec.convert(said, datetime) if isinstance(said, str) else None
    except msgspec.ValidationError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError("must be a time such as 2026-11-24T14:02:07Z")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a time within the next 24 hours") from None
