"""The answers of all bins in memory: the first matching rule is used."""

from datetime import UTC, datetime

from app.domain.answers.model import Answer, RoleAnswers, Rule
from app.domain.captures import RawRequest, Reading
from app.domain.roles import Role
from app.live.hub import Hub
from app.services.answers import Answers, matching_rule

USUAL, FIRST, SECOND, THIRD = (Answer(status=status) for status in (200, 201, 202, 203))
SET = RoleAnswers(
    answer=USUAL,
    rules=(
        Rule(match="text~hello", answer=FIRST),
        Rule(match="text~stop", answer=SECOND),
        Rule(match="method:post", answer=THIRD),
    ),
)
READING = Reading(text="please stop")


class Rows:
    """The part of the store that is used."""

    async def set_answers(self, bin_id: str, role: Role, answers: RoleAnswers | None) -> None:
        return


def _raw(method: str = "POST") -> RawRequest:
    return RawRequest(
        method=method, target="/", http_version="1.1", head=b"", body=b"", body_complete=True, peer="192.0.2.1",
        received_at=datetime(2026, 11, 29, tzinfo=UTC),
    )  # fmt: skip


async def test_the_first_rule_that_matches_answers_and_the_preview_names_the_same() -> None:
    answers = Answers(Rows(), Hub())
    await answers.set("b", Role.PRIMARY, SET)
    assert answers.choose("b", Role.PRIMARY, _raw(), READING) == SECOND
    assert matching_rule(SET, Role.PRIMARY, _raw(), READING) == 1


async def test_where_none_matches_the_role_answers() -> None:
    answers = Answers(Rows(), Hub())
    await answers.set("b", Role.PRIMARY, SET)
    assert answers.choose("b", Role.PRIMARY, _raw("GET"), Reading()) == USUAL
    assert matching_rule(SET, Role.PRIMARY, _raw("GET"), Reading()) is None
