"""What a caller says about answers and faults: types here, limits in `domain/`; every mistake is named at once."""

from collections.abc import Collection
from typing import Any

import msgspec

from ...domain.answers.limits import check_answers
from ...domain.answers.model import Answer, RoleAnswers, Rule
from ...errors import Invalid
from ..site.fields import Problems
from ..site.fields import take as _take
from ..site.fields import text as _text
from ..site.fields import whole as _whole

ANSWER_FIELDS = ("status", "headers", "body", "delay_ms")
ANSWERS_FIELDS = (*ANSWER_FIELDS, "rules")


def read_answers(said: dict[str, Any]) -> RoleAnswers:
    """The whole of what a role shall answer. Invalid names every field that is wrong."""
    problems: Problems = []
    if not said:
        problems.append(("body", f"say at least one of {', '.join(ANSWERS_FIELDS)}"))
    answer = _read_answer({name: value for name, value in said.items() if name != "rules"}, "", problems)
    rules = _read_rules(said.get("rules", []), problems)
    if problems:
        raise Invalid(*problems)
    answers = RoleAnswers(answer=answer, rules=tuple(rules))
    if problems := check_answers(answers):
        raise Invalid(*problems)
    return answers


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
    problems += [(f"{path}{name}", "is not a field here") for name in said if name not in known]


def _headers(said: object) -> tuple[tuple[str, str], ...]:
    try:
        return msgspec.convert(said, tuple[tuple[str, str], ...])
    except msgspec.ValidationError:
        raise ValueError('must be a list of pairs, such as [["Content-Type", "text/xml"]]') from None
