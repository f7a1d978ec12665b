"""The form of a role's answers: what has been typed so far, and what each of its buttons changes in it.

All of it works without a script: a button that adds a row or moves a rule posts the form, and the same page comes back
with the change in it, not saved. Fields are named as in the errors of the API: `status`, `headers.0.name`,
`rules.0.match`, `rules.0.answer.body`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from ...domain.answers.limits import MOST_HEADERS, MOST_RULES
from ...domain.answers.model import Answer, RoleAnswers
from ..site.convert import convert
from ..site.forms import number_of
from .inputs import AnswersInput

T = TypeVar("T")
# Twice the limits, so that a form with too many rows can still be posted and corrected.
MOST_ROWS = 2 * MOST_HEADERS
MOST_FIELDS = 2 * MOST_RULES * (MOST_ROWS * 2 + 4)
_AT = r"(?:0|[1-9]\d?)"
_HEADERS = re.compile(rf"(?P<prefix>(?:rules\.{_AT}\.answer\.)?)headers(?:\.(?P<row>{_AT}))?", re.ASCII)
_RULES = re.compile(rf"rules(?:\.(?P<row>{_AT}))?", re.ASCII)
_RULE = re.compile(rf"rules\.({_AT})\.match", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDraft:
    """An answer as it was filled in: numbers are still texts."""

    status: str = "200"
    delay_ms: str = "0"
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """A rule of the form."""

    match: str = ""
    answer: AnswerDraft = AnswerDraft()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAnswersDraft:
    """The whole form."""

    answer: AnswerDraft
    rules: tuple[RuleDraft, ...] = ()

    def settle(self) -> RoleAnswers:
        """What was typed, not checked yet. Invalid: not a number."""
        rules = [{"match": rule.match.strip(), "answer": _raw_of(rule.answer)} for rule in self.rules]
        return convert({**_raw_of(self.answer), "rules": rules}, AnswersInput).role_answers()

    def press(self, button: str) -> "RoleAnswersDraft":
        """The form after one of its buttons: `add:headers`, `drop:rules.0.answer.headers.1`, `raise:rules.2`. Any
        other value changes nothing."""
        what, _, path = button.partition(":")
        if found := _HEADERS.fullmatch(path):
            row = found["row"]
            return self._change(
                found["prefix"], lambda one: replace(one, headers=_edit(one.headers, what, row, ("", "")))
            )
        if found := _RULES.fullmatch(path):
            rules = _edit(self.rules, what, found["row"], RuleDraft(answer=self.answer))
            return replace(self, rules=rules[: 2 * MOST_RULES])
        return self

    def _change(self, prefix: str, change: Callable[[AnswerDraft], AnswerDraft]) -> "RoleAnswersDraft":
        if not prefix:
            return replace(self, answer=change(self.answer))
        rules = tuple(
            replace(rule, answer=change(rule.answer)) if prefix == rule_prefix(index) else rule
            for index, rule in enumerate(self.rules)
        )
        return replace(self, rules=rules)


def rule_prefix(index: int) -> str:
    """The prefix of the fields of a rule's answer."""
    return f"rules.{index}.answer."


def read_draft(form: Mapping[str, str]) -> RoleAnswersDraft:
    """The posted form, with rules and headers in the order of their numbers; empty header rows are dropped."""
    numbers = sorted({int(found[1]) for name in form if (found := _RULE.fullmatch(name))})
    rules = tuple(
        RuleDraft(match=form[f"rules.{number}.match"], answer=_read(form, rule_prefix(number)))
        for number in numbers[: 2 * MOST_RULES]
    )
    return RoleAnswersDraft(answer=_read(form, ""), rules=rules)


def draft_of(answers: RoleAnswers) -> RoleAnswersDraft:
    """Saved answers as a form."""
    rules = tuple(RuleDraft(match=rule.match, answer=draft_answer(rule.answer)) for rule in answers.rules)
    return RoleAnswersDraft(answer=draft_answer(answers.answer), rules=rules)


def draft_answer(answer: Answer) -> AnswerDraft:
    """One answer as a form."""
    return AnswerDraft(
        status=str(answer.status), delay_ms=str(answer.delay_ms), headers=answer.headers, body=answer.body
    )


def _read(form: Mapping[str, str], prefix: str) -> AnswerDraft:
    rows = sorted(
        int(found["row"])
        for name in form
        if name.endswith(".name")
        and (found := _HEADERS.fullmatch(name.removesuffix(".name")))
        and found["row"]
        and found["prefix"] == prefix
    )
    headers = [
        (form[f"{prefix}headers.{row}.name"].strip(), form.get(f"{prefix}headers.{row}.value", "").strip())
        for row in rows[:MOST_ROWS]
    ]
    return AnswerDraft(
        status=form.get(f"{prefix}status", "").strip(),
        delay_ms=form.get(f"{prefix}delay_ms", "").strip(),
        headers=tuple(header for header in headers if any(header)),
        # Browsers send the line ends of a text area as CRLF.
        body=form.get(f"{prefix}body", "").replace("\r\n", "\n"),
    )


def _raw_of(draft: AnswerDraft) -> dict[str, object]:
    """As the JSON of `AnswerInput`."""
    return {
        "status": number_of(draft.status),
        "delay_ms": number_of(draft.delay_ms),
        "headers": draft.headers,
        "body": draft.body,
    }


def _edit(items: tuple[T, ...], what: str, place: str | None, new: T) -> tuple[T, ...]:
    if place is None:
        return (*items, new) if what == "add" else items
    row = int(place)
    if what == "drop":
        return items[:row] + items[row + 1 :]
    if what == "raise" and 0 < row < len(items):
        return (*items[: row - 1], items[row], items[row - 1], *items[row + 1 :])
    return items
