"""The input of a call, or of the form, that sets what a role answers: types here, limits in `domain/answers/limits.py`,
where they are checked together when it is saved."""

from typing import Annotated

from msgspec import Meta

from ...domain.answers.limits import MOST_BODY, MOST_DELAY_MS, MOST_HEADERS, MOST_RULES
from ...domain.answers.model import Answer, RoleAnswers, Rule
from ...domain.search import MAX_LENGTH
from ..site.convert import Input, documented
from ..site.shapes import Pair


class AnswerInput(Input, frozen=True, kw_only=True):
    """One HTTP answer; smsbin adds its own headers."""

    status: Annotated[int, documented(minimum=200, maximum=599)] = 200
    headers: Annotated[
        tuple[Pair, ...],
        Meta(
            description="Pairs of name and value. Headers that smsbin sets itself are refused.",
            extra_json_schema={"maxItems": MOST_HEADERS},
            extra={"reason": 'must be a list of pairs, such as [["Content-Type", "text/xml"]]'},
        ),
    ] = ()
    body: Annotated[
        str,
        Meta(
            description="Sent as UTF-8, at most 64 KiB; empty for 204, 205 and 304. {{from}} {{to}} {{text}}"
            " {{message_id}} and {{n}} are replaced, escaped for the type of the body.",
            extra_json_schema={"maxLength": MOST_BODY},
        ),
    ] = ""
    delay_ms: Annotated[int, documented(minimum=0, maximum=MOST_DELAY_MS)] = 0

    def answer(self) -> Answer:
        """As a domain object."""
        return Answer(status=self.status, headers=self.headers, body=self.body, delay_ms=self.delay_ms)


class RuleInput(Input, frozen=True, kw_only=True):
    """A response for requests that match a filter."""

    match: Annotated[
        str, Meta(description="A filter, such as `text~stop`.", extra_json_schema={"maxLength": MAX_LENGTH})
    ]
    answer: AnswerInput


class AnswersInput(AnswerInput, frozen=True, kw_only=True):
    """What a role answers."""

    rules: Annotated[
        tuple[RuleInput, ...],
        Meta(
            description="Responses for some requests; the first rule whose `match` finds the request applies.",
            extra_json_schema={"maxItems": MOST_RULES},
        ),
    ] = ()

    def role_answers(self) -> RoleAnswers:
        """As a domain object, not checked yet."""
        rules = tuple(Rule(match=rule.match, answer=rule.answer.answer()) for rule in self.rules)
        return RoleAnswers(answer=self.answer(), rules=rules)
