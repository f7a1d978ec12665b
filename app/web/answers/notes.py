"""The notes under the fields of the form for responses: errors, warnings and confirmations."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...domain.answers.limits import xml_problem
from ...domain.answers.lint import Remark
from ...domain.answers.model import Answer, RoleAnswers
from ...domain.answers.placeholders import PLACEHOLDERS, is_json, is_xml, render
from ...domain.roles import Role
from ...providers.answers import lint_for
from .form import RoleAnswersDraft, rule_prefix

_RULE = re.compile(r"rules\.(\d+)\.(?:answer\.)?(.+)", re.ASCII)
_TITLES = {
    "status": "Status", "delay_ms": "Delay", "headers": "Headers", "body": "Body", "rules": "Rules", "match": "Match",
}  # fmt: skip
# A value for each placeholder.
_ODD = dict.fromkeys(PLACEHOLDERS, "1")


@dataclass(frozen=True, slots=True)
class FieldNote:
    """One line under a field; `tone` is a class of the style sheet."""

    tone: str
    icon: str
    text: str


def field_title(name: str) -> str:
    """The title of a field: `rules.0.answer.headers.1` is "Rule 1, header 2"."""
    if found := _RULE.fullmatch(name):
        inner = field_title(found[2])
        return f"Rule {int(found[1]) + 1}, {inner[:1].lower()}{inner[1:]}"
    kind, _, row = name.partition(".")
    return f"Header {int(row) + 1}" if kind == "headers" and row.isdigit() else _TITLES.get(name, name)


def names_of(draft: RoleAnswersDraft) -> Sequence[str]:
    """Every field that may have a note."""
    parts = [("", draft.answer), *((rule_prefix(index), rule.answer) for index, rule in enumerate(draft.rules))]
    names = [
        prefix + name
        for prefix, answer in parts
        for name in (
            "status",
            "delay_ms",
            "body",
            "headers",
            *(f"headers.{row}" for row in range(len(answer.headers) or 1)),
        )
    ]
    return [*names, "rules", *(f"rules.{index}.match" for index in range(len(draft.rules)))]


def remarks_of(answers: RoleAnswers, role: Role, provider: str | None) -> Sequence[Remark]:
    """Warnings about these answers, by the field of the form. They do not prevent saving."""
    return [
        Remark(prefix + remark.field, remark.text)
        for prefix, answer in _parts(answers)
        for remark in lint_for(answer, role, provider)
        if not remark.is_error
    ]


def notes_of(
    answers: RoleAnswers | None, problems: Mapping[str, str], remarks: Sequence[Remark]
) -> Mapping[str, Sequence[FieldNote]]:
    """The notes under each field."""
    notes: dict[str, list[FieldNote]] = {}
    for name, text in problems.items():
        notes.setdefault(name, []).append(FieldNote("bad", "x", f"{text[:1].upper()}{text[1:]}."))
    for remark in remarks:
        notes.setdefault(remark.field, []).append(FieldNote("warn", "bang", remark.text))
    for prefix, answer in _parts(answers) if answers else ():
        mark = _well_formed(answer)
        if mark is not None:
            notes.setdefault(f"{prefix}body", []).append(mark)
    return notes


def _parts(answers: RoleAnswers) -> Iterator[tuple[str, Answer]]:
    yield "", answers.answer
    for index, rule in enumerate(answers.rules):
        yield rule_prefix(index), rule.answer


def _well_formed(answer: Answer) -> FieldNote | None:
    """The note of a body whose Content-Type says that it is XML or JSON."""
    body = render(answer, _ODD).body
    if not body:
        return None
    if is_xml(answer.content_type):
        return FieldNote("ok", "check", "Well-formed XML") if xml_problem(body) is None else None
    if is_json(answer.content_type):
        try:
            json.loads(body)
        except (ValueError, RecursionError) as error:
            return FieldNote("warn", "bang", f"This is not valid JSON: {error}.")
        return FieldNote("ok", "check", "Well-formed JSON")
    return None
