"""Remarks before an answer is saved, and the presets: whatever we offer ourselves gives no reason to complain."""

import pytest

from app.domain.answers.limits import check_answer, is_well_formed
from app.domain.answers.model import EMPTY_TWIML, Answer
from app.domain.answers.placeholders import render
from app.domain.roles import Role
from app.providers import PROVIDERS
from app.providers.answers import lint_for, presets_for

XML = (("Content-Type", "text/xml"),)


def remarks(answer: Answer, role: Role = Role.PRIMARY, provider: str | None = None) -> list[tuple[str, str]]:
    return [(remark.field, remark.text) for remark in lint_for(answer, role, provider)]


def one(answer: Answer, role: Role = Role.PRIMARY, provider: str | None = None) -> tuple[str, str]:
    (found,) = remarks(answer, role, provider)
    return found


def response(inside: str) -> Answer:
    return Answer(headers=XML, body=f"<Response>{inside}</Response>")


def test_the_default_gives_no_cause_for_remarks() -> None:
    for provider in (None, *PROVIDERS):
        for role in Role:
            assert remarks(Answer(headers=XML, body=EMPTY_TWIML), role, provider) == []
            assert remarks(Answer(), role, provider) == []


def test_plain_text_would_reach_the_customer() -> None:
    answer = Answer(headers=(("content-type", "text/plain; charset=utf-8"),), body="thanks")
    assert "to the customer as an SMS" in one(answer)[1]
    assert "to the customer as an SMS" in one(answer, Role.FALLBACK)[1]
    assert remarks(answer, Role.STATUS) == []
    assert "Content-Type" in one(Answer(body="thanks"))[1]


def test_xml_that_is_none_is_said_with_the_reason() -> None:
    field, text = one(Answer(headers=XML, body="<Response><Sms>a & b</Sms></Response>"))
    assert field == "body"
    assert "line 1" in text
    assert not is_well_formed(Answer(headers=XML, body="<Response>"))
    assert is_well_formed(Answer(body="<Response>"))
    assert not is_well_formed(Answer(headers=XML, body='<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'))


@pytest.mark.parametrize(
    ("provider", "inside", "word"),
    [
        ("ytel", "<Message>a</Message>", "Its element for an SMS is <Sms>"),
        ("twilio", "<message>a</message>", "the case matters"),
        ("twilio", "<Speak>a</Speak>", "Twilio does not support <Speak>"),
        ("plivo", "<Say>a</Say>", "Plivo does not support <Say>"),
        ("plivo", "<Sms>a</Sms>", "Its element for an SMS is <Message>"),
    ],
)
def test_a_verb_that_the_provider_does_not_know_is_said(provider: str, inside: str, word: str) -> None:
    assert any(word in text for _, text in remarks(response(inside), Role.PRIMARY, provider))


def test_ytel_takes_its_verbs_in_any_case() -> None:
    assert remarks(Answer(headers=XML, body="<response><SAY>a</SAY><pause/></response>"), Role.VOICE, "ytel") == []
    assert "root element" in one(Answer(headers=XML, body="<response/>"), Role.VOICE, "twilio")[1]


@pytest.mark.parametrize("provider", [None, "ytel", "twilio", "signalwire", "plivo"])
def test_an_sms_back_costs_money(provider: str | None) -> None:
    verb = "Sms" if provider == "ytel" else "Message"
    assert "billed" in one(response(f"<{verb}>a</{verb}>"), provider=provider)[1]


def test_a_provider_that_waits_less_is_named() -> None:
    assert one(Answer(delay_ms=15_000), provider="twilio") == (
        "delay_ms", "Twilio waits only 15 s for a response."
    )  # fmt: skip
    assert remarks(Answer(delay_ms=14_999), provider="twilio") == []
    assert remarks(Answer(delay_ms=60_000)) == []


def test_what_cannot_be_sent_is_an_error() -> None:
    (remark,) = lint_for(Answer(status=204, body="x", headers=(*XML, ("Content-Length", "1"))), Role.STATUS, None)[:1]
    assert remark.is_error


@pytest.mark.parametrize("provider", [None, *PROVIDERS])
@pytest.mark.parametrize("role", list(Role))
def test_presets_can_be_sent_and_give_no_cause_for_remarks_but_the_price(provider: str | None, role: Role) -> None:
    presets = presets_for(role, provider)
    assert [preset.name for preset in presets if preset.name != "sms"] == ["nothing", "204", "500", "echo"]
    values = {"from": "+1", "to": "+2", "text": 'a "b" <c> & d', "message_id": "m", "n": "1"}
    for preset in presets:
        assert check_answer(preset.answer) == []
        assert is_well_formed(render(preset.answer, values))
        texts = [text for _, text in remarks(preset.answer, role, provider)]
        assert all("billed" in text for text in texts)
        assert bool(texts) is (preset.name == "sms")
