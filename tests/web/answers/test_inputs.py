"""What a call or the form may say about answers: types only, so that the domain names all broken limits at once."""

import pytest

from app.domain.answers.limits import MOST_RULES
from app.domain.answers.model import Answer, RoleAnswers, Rule
from app.errors import Invalid
from app.web.answers.inputs import AnswersInput
from app.web.site.convert import convert


def test_it_becomes_what_the_domain_takes() -> None:
    raw = {"status": 201, "headers": [["A", "b"]], "rules": [{"match": "text~x", "answer": {"body": "x"}}]}
    assert convert(raw, AnswersInput).role_answers() == RoleAnswers(
        answer=Answer(status=201, headers=(("A", "b"),)), rules=(Rule(match="text~x", answer=Answer(body="x")),)
    )
    assert convert({}, AnswersInput).role_answers() == RoleAnswers(answer=Answer())


def test_limits_are_left_to_the_domain() -> None:
    rules = [{"match": "", "answer": {"status": 1}}] * (MOST_RULES + 1)
    assert len(convert({"status": 999, "delay_ms": -1, "rules": rules}, AnswersInput).rules) == MOST_RULES + 1


def test_a_rule_needs_both_of_its_fields() -> None:
    with pytest.raises(Invalid) as error:
        convert({"rules": [{}, {"match": 1, "answer": []}]}, AnswersInput)
    assert [name for name, _ in error.value.problems] == [
        "rules.0.match", "rules.0.answer", "rules.1.match", "rules.1.answer",
    ]  # fmt: skip
