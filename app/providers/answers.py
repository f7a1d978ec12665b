"""Answers and a provider's data sheet: remarks on one, and presets."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..domain.answers.lint import Remark, lint
from ..domain.answers.model import Answer, safe_answer
from ..domain.roles import Role
from . import PROVIDERS

_TO_JSON = '{"from": "{{from}}", "to": "{{to}}", "text": "{{text}}", "message_id": "{{message_id}}", "n": {{n}}}'


@dataclass(frozen=True, slots=True)
class AnswerPreset:
    """An answer to begin with. `name` is stable; `title` says what it does."""

    name: str
    title: str
    answer: Answer


def lint_for(answer: Answer, role: Role, provider: str | None) -> Sequence[Remark]:
    """Remarks on an answer for a bin of this provider (None: not known)."""
    sheet = PROVIDERS.get(provider or "")
    if sheet is None:
        return lint(answer, role)
    return lint(answer, role, sheet.title, verbs=sheet.verbs, timeout_s=sheet.habits.timeout_s)


def presets_for(role: Role, provider: str | None) -> Sequence[AnswerPreset]:
    """The presets of a role; a reply by SMS where the provider takes one, in its own XML."""
    sheet = PROVIDERS.get(provider or "")
    usual = safe_answer(role) if sheet is None else sheet.answer(role)
    presets = [AnswerPreset("nothing", "Do nothing", usual)]
    if sheet is not None and sheet.sms_reply is not None and role in (Role.PRIMARY, Role.FALLBACK):
        presets.append(AnswerPreset("sms", f"Reply by SMS ({sheet.title})", sheet.sms_reply))
    return [
        *presets,
        AnswerPreset("204", "No content (204)", Answer(status=204)),
        AnswerPreset("500", "Server error (500)", Answer(status=500)),
        AnswerPreset("echo", "Echo as JSON", Answer(headers=(("Content-Type", "application/json"),), body=_TO_JSON)),
    ]
