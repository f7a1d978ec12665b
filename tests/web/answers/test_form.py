"""What the buttons of the form of answers do, and that a form gives back what it was filled with."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.answers.model import Answer, RoleAnswers, Rule
from app.errors import Invalid
from app.web.answers.form import AnswerDraft, RoleAnswersDraft, RuleDraft, draft_of, read_draft


def posted(draft: RoleAnswersDraft) -> dict[str, str]:
    """The fields that a browser sends for a draft."""
    said = {}
    parts = [("", draft.answer), *((f"rules.{at}.answer.", rule.answer) for at, rule in enumerate(draft.rules))]
    for prefix, answer in parts:
        said |= {f"{prefix}status": answer.status, f"{prefix}delay_ms": answer.delay_ms}
        said[f"{prefix}body"] = answer.body.replace("\n", "\r\n")
        for row, (name, value) in enumerate(answer.headers):
            said |= {f"{prefix}headers.{row}.name": name, f"{prefix}headers.{row}.value": value}
    return said | {f"rules.{at}.match": rule.match for at, rule in enumerate(draft.rules)}


WORD = st.text(string.ascii_letters + "-", min_size=1, max_size=8)
ANSWER = st.builds(
    Answer,
    status=st.integers(200, 599),
    headers=st.lists(st.tuples(WORD, WORD), max_size=3).map(tuple),
    body=st.text().map(lambda text: text.replace("\r", "")),
    delay_ms=st.integers(0, 60_000),
)
RULES = st.lists(st.builds(Rule, match=WORD, answer=ANSWER), max_size=3).map(tuple)


@given(st.builds(RoleAnswers, answer=ANSWER, rules=RULES))
def test_what_is_set_comes_back_as_it_was(answers: RoleAnswers) -> None:
    assert read_draft(posted(draft_of(answers))).settle() == answers


@given(st.dictionaries(st.text(string.ascii_lowercase + ".0123456789"), st.text()), st.text())
def test_no_field_and_no_button_breaks_it(said: dict[str, str], button: str) -> None:
    draft = read_draft(said).press(button)
    assert len(draft.rules) <= 40


H = (("A", "1"), ("B", "2"))
DRAFT = RoleAnswersDraft(
    answer=AnswerDraft(headers=H),
    rules=(RuleDraft(match="one"), RuleDraft(match="two", answer=AnswerDraft(headers=H)), RuleDraft(match="three")),
)


@pytest.mark.parametrize(
    ("button", "matches"),
    [
        ("add:rules", ["one", "two", "three", ""]),
        ("drop:rules.1", ["one", "three"]),
        ("raise:rules.2", ["one", "three", "two"]),
        ("raise:rules.0", ["one", "two", "three"]),
        ("raise:rules.3", ["one", "two", "three"]),
        ("drop:rules.7", ["one", "two", "three"]),
        ("save", ["one", "two", "three"]),
        ("drop:rules.x", ["one", "two", "three"]),
    ],
)
def test_rules_are_added_dropped_and_moved(button: str, matches: list[str]) -> None:
    assert [rule.match for rule in DRAFT.press(button).rules] == matches


def test_a_new_rule_begins_with_the_answer_itself() -> None:
    assert DRAFT.press("add:rules").rules[-1].answer == DRAFT.answer


def test_headers_are_added_and_dropped_where_the_button_stands() -> None:
    assert DRAFT.press("add:headers").answer.headers == (*H, ("", ""))
    assert DRAFT.press("drop:headers.0").answer.headers == H[1:]
    dropped = DRAFT.press("drop:rules.1.answer.headers.1")
    assert dropped.rules[1].answer.headers == H[:1]
    assert dropped.answer.headers == H
    assert DRAFT.press("add:rules.9.answer.headers") == DRAFT


def test_an_empty_header_row_is_no_header() -> None:
    said = {"headers.0.name": " ", "headers.0.value": "", "headers.1.name": "", "headers.1.value": "x"}
    assert read_draft(said).answer.headers == (("", "x"),)


def test_rules_stand_in_the_order_of_their_numbers() -> None:
    said = {"rules.10.match": "ten", "rules.9.match": "nine", "rules.100.match": "no", "rules.1x.match": "no"}
    assert [rule.match for rule in read_draft(said).rules] == ["nine", "ten"]


def test_a_number_is_spelled_in_one_way() -> None:
    assert read_draft({"rules.01.match": "a", "headers.00.name": "b", "rules.٣.match": "c"}) == read_draft({})


@pytest.mark.parametrize("text", ["", "abc", "-1", "1.5", "٢٠٠", "2" * 16, "0x10", "1e3"])
def test_a_number_that_is_none_is_named(text: str) -> None:
    with pytest.raises(Invalid) as error:
        read_draft({"status": "200", "delay_ms": text, "rules.0.match": "a", "rules.0.answer.status": text}).settle()
    named = {name for name, _ in error.value.problems}
    assert named == {"delay_ms", "rules.0.answer.status", *(["rules.0.answer.delay_ms"])}
