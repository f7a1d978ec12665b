"""Which answers may go out."""

import pytest

from app.domain.answers.limits import check_answer, check_answers
from app.domain.answers.model import Answer, RoleAnswers, Rule


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ((("Content-Encoding", "gzip"),), "headers.0"),
        ((("Content-Type", "text/xml"), ("content-type", "text/html")), "headers.1"),
        ((("Content-Type", "text/xml; charset=iso-8859-1"),), "headers.0"),
        ((("Content-Type", 'text/xml; Charset="Latin1"'),), "headers.0"),
    ],
)
def test_what_would_make_the_body_unreadable_is_refused(headers: tuple[tuple[str, str], ...], field: str) -> None:
    assert [name for name, _ in check_answer(Answer(headers=headers, body="Grüße"))] == [field]


@pytest.mark.parametrize(
    "kind", ["text/xml", "text/xml; charset=utf-8", 'text/xml;charset="UTF-8"', "application/json"]
)
def test_the_usual_content_types_are_fine(kind: str) -> None:
    assert check_answer(Answer(headers=(("Content-Type", kind),), body="<Response/>")) == []


@pytest.mark.parametrize("match", ["signature:valid", "text~stop -signature:valid"])
def test_a_signature_never_chooses_a_response(match: str) -> None:
    answers = RoleAnswers(answer=Answer(), rules=(Rule(match=match, answer=Answer()),))
    assert check_answers(answers) == [("rules.0.match", "must not have signature:, which never changes a response")]


@pytest.mark.parametrize("key", ["forward", "target"])
def test_a_forward_never_chooses_a_response(key: str) -> None:
    answers = RoleAnswers(answer=Answer(), rules=(Rule(match=f"code -{key}:failed", answer=Answer()),))
    assert check_answers(answers) == [("rules.0.match", f"must not have {key}:, because forwards begin later")]
