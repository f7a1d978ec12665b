"""The JSON of answers; the OpenAPI document's components are generated from these types."""

import msgspec

from ...domain.answers.model import Answer, RoleAnswers
from ..site.shapes import Pair


class PlainAnswer(msgspec.Struct):
    """One HTTP answer; smsbin adds its own headers. The body may hold {{from}} {{to}} {{text}} {{message_id}} {{n}}."""

    status: int
    headers: list[Pair]
    body: str
    delay_ms: int


class RuleShape(msgspec.Struct):
    """Another answer for requests that a filter finds."""

    match: str
    answer: PlainAnswer


class AnswerShape(PlainAnswer):
    """What a role answers: the first rule that matches, else the answer itself."""

    rules: list[RuleShape]


def show_answers(answers: RoleAnswers) -> AnswerShape:
    """What a role answers."""
    rules = [RuleShape(rule.match, _plain(rule.answer)) for rule in answers.rules]
    return AnswerShape(**msgspec.structs.asdict(_plain(answers.answer)), rules=rules)


def _plain(answer: Answer) -> PlainAnswer:
    return PlainAnswer(answer.status, list(answer.headers), answer.body, answer.delay_ms)
