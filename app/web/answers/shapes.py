"""The JSON of answers; the OpenAPI document's components are generated from these types."""

import msgspec

from ...domain.answers.model import Answer, RoleAnswers
from ..site.shapes import Pair


class PlainAnswer(msgspec.Struct):
    """One HTTP response; smsbin adds its headers. The body may hold {{from}} {{to}} {{text}} {{message_id}} {{n}}."""

    status: int
    headers: list[Pair]
    body: str
    delay_ms: int


class RuleShape(msgspec.Struct):
    """A response for requests that match a filter."""

    match: str
    answer: PlainAnswer


class AnswerShape(PlainAnswer):
    """The response of a role: that of the first matching rule, else its own."""

    rules: list[RuleShape]


def show_answers(answers: RoleAnswers) -> AnswerShape:
    """What a role answers."""
    rules = [RuleShape(rule.match, _plain(rule.answer)) for rule in answers.rules]
    return AnswerShape(**msgspec.structs.asdict(_plain(answers.answer)), rules=rules)


def _plain(answer: Answer) -> PlainAnswer:
    return PlainAnswer(answer.status, list(answer.headers), answer.body, answer.delay_ms)
