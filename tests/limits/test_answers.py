"""What an answer may hold: at the bound it is set, one more is refused by its field."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from app.domain.answers import limits as checking
from app.domain.answers.limits import check_answer, check_answers
from app.domain.answers.model import Answer, RoleAnswers, Rule
from app.web.answers.inputs import AnswersInput
from app.web.site.convert import convert

RAW: dict[str, Callable[[int], dict[str, Any]]] = {
    "body": lambda n: {"body": "b" * n},
    "delay_ms": lambda n: {"delay_ms": n},
    "headers": lambda n: {"headers": [[f"X-{number}", "v"] for number in range(n)]},
    "rules": lambda n: {"rules": [{"match": "text~stop", "answer": {}}] * n},
    "headers.0": lambda n: {"headers": [["X", "v" * n]]},
}
MOST = [
    ("body", checking.MOST_BODY),
    ("delay_ms", checking.MOST_DELAY_MS),
    ("headers", checking.MOST_HEADERS),
    ("rules", checking.MOST_RULES),
    ("headers.0", checking.MOST_VALUE),
]


@pytest.mark.parametrize(("field", "most"), MOST)
def test_an_answer_is_set_at_the_bound_and_refused_beyond_it(field: str, most: int) -> None:
    assert _problems(RAW[field](most)) == []
    assert _problems(RAW[field](most + 1)) == [field]


def _problems(raw: dict[str, Any]) -> list[str]:
    return [name for name, _ in check_answers(convert(raw, AnswersInput).role_answers())]


def test_the_name_of_a_header_has_so_many_characters() -> None:
    assert check_answer(Answer(headers=(("X" * checking.MOST_NAME, ""),))) == []
    assert [name for name, _ in check_answer(Answer(headers=(("X" * (checking.MOST_NAME + 1), ""),)))] == ["headers.0"]


@pytest.mark.parametrize(("more", "problems"), [(0, []), (1, ["headers"])])
def test_all_headers_together_have_so_many_bytes(more: int, problems: list[str]) -> None:
    """Each costs four bytes more than its name and value: colon, blank, line end."""
    half = checking.MOST_HEAD // 2 - len("X-1: \r\n")
    headers = (("X-1", "v" * half), ("X-2", "v" * (half + more)))
    assert [name for name, _ in check_answer(Answer(headers=headers))] == problems


def test_the_bytes_of_a_body_are_counted_and_not_its_characters() -> None:
    assert check_answer(Answer(body="é" * (checking.MOST_BODY // 2))) == []
    assert [name for name, _ in check_answer(Answer(body="é" * (checking.MOST_BODY // 2) + "a"))] == ["body"]


def test_a_rule_is_held_to_the_same_bounds() -> None:
    rule = Rule(match="text~stop", answer=Answer(delay_ms=checking.MOST_DELAY_MS))
    assert check_answers(RoleAnswers(answer=Answer(), rules=(rule,))) == []
    rule = msgspec.structs.replace(rule, answer=Answer(delay_ms=checking.MOST_DELAY_MS + 1))
    assert [name for name, _ in check_answers(RoleAnswers(answer=Answer(), rules=(rule,)))] == [
        "rules.0.answer.delay_ms"
    ]
