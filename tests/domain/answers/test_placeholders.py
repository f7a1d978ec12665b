"""Placeholders: five words, one pass, escaped for whoever reads the body, and never more than 64 KiB."""

import json
import re
from urllib.parse import parse_qs

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from app.domain.answers.model import Answer
from app.domain.answers.placeholders import MOST, PLACEHOLDERS, has_placeholders, render

VALUES = {"from": "+14155550123", "to": "+19495550142", "text": "Hi <b> & \"you\" 'all'", "message_id": "m1", "n": "7"}


def say(body: str, content_type: str | None = None, **values: str) -> str:
    headers = () if content_type is None else (("content-type", content_type),)
    return render(Answer(headers=headers, body=body), VALUES | values).body


def test_every_word_is_replaced_with_or_without_blanks() -> None:
    assert say("{{from}}|{{ to }}|{{\ttext}}|{{message_id }}|{{n}}") == (
        "+14155550123|+19495550142|Hi <b> & \"you\" 'all'|m1|7"
    )


def test_what_is_no_known_word_stays_as_it_is() -> None:
    body = "{{body}} {{ }} {{from {{{n}}} {{n.__class__}} {{n|safe}} {{\nn}} {n} {{FROM}}"
    assert say(body) == body.replace("{{{n}}}", "{7}")


def test_what_was_put_in_is_never_looked_at_again() -> None:
    assert say("{{text}}", text="{{from}} {{{{n}}}}") == "{{from}} {{{{n}}}}"


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        ("text/xml", "&lt;a b=&quot;c&#39;&quot;&gt;&amp;"),
        ("application/soap+xml; charset=utf-8", "&lt;a b=&quot;c&#39;&quot;&gt;&amp;"),
        ("text/html", "&lt;a b=&quot;c&#39;&quot;&gt;&amp;"),
        ("application/json", '<a b=\\"c\'\\">&'),
        ("application/x-www-form-urlencoded", "%3Ca%20b%3D%22c%27%22%3E%26"),
        ("text/plain", '<a b="c\'">&'),
        (None, '<a b="c\'">&'),
    ],
)
def test_it_is_escaped_by_the_content_type(content_type: str | None, said: str) -> None:
    assert say("{{text}}", content_type, text='<a b="c\'">&') == said


EVIL = '</Message><Redirect>http://e.example</Redirect>"},{"a\\n'


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/xml ", "text/xml+x", "text/twiml", "text/html"]
)
@pytest.mark.parametrize(
    "body",
    [
        "<Response><Message>{{text}}</Message></Response>",
        '\ufeff \n<?xml version="1.0"?><Response a="{{text}}"/>',
        "{{n}}<Response>{{text}}</Response>",
        "OK <Response>{{text}}</Response>",
        "OK <Message to='{{text}}'/>",
    ],
)
def test_markup_is_escaped_whatever_its_type_is_called(content_type: str | None, body: str) -> None:
    said = say(body, content_type, text=EVIL)
    assert "&lt;Redirect&gt;" in said
    assert re.sub("<[^>]*>", "", said).count("<") == 0
    assert said.count("<") == body.count("<")


@pytest.mark.parametrize("content_type", [None, "text/plain", "text/x-json", "application/json"])
@pytest.mark.parametrize(
    "body", ['{"a": "{{text}}"}', ' [{"a": "{{text}}"}]', '["{{text}}"]', '"{{text}}"', '[1, "{{text}}"]']
)
def test_json_is_escaped_whatever_its_type_is_called(content_type: str | None, body: str) -> None:
    told = json.loads(say(body, content_type, text=EVIL))
    assert json.dumps(told).count("Redirect") == 2
    assert json.dumps(told) == json.dumps(json.loads(body)).replace("{{text}}", json.dumps(EVIL)[1:-1])


def test_json_that_speaks_of_markup_stays_json() -> None:
    said = say('{"html": "<b>{{text}}</b>", "text": "{{text}}"}', text='a "b" & c')
    assert json.loads(said)["text"] == 'a "b" & c'


@pytest.mark.parametrize("body", ["a={{text}}&b=1", "a={{text}}"])
def test_a_form_without_a_type_is_escaped(body: str) -> None:
    assert parse_qs(say(body, text="x&c=2 +")) == parse_qs(body.replace("{{text}}", "x%26c%3D2%20%2B"))


def test_where_the_type_and_the_looks_differ_it_is_safe_for_both() -> None:
    text = '<b>"\\'
    assert say('{a: "{{text}}"}', "text/html", text=text) == '{a: "&lt;b&gt;&quot;\\\\"}'
    assert say("<a>{{text}}</a>", "application/json", text=text) == "<a>&lt;b&gt;&quot;\\\\</a>"
    assert say("<a>{{text}}</a>", "application/x-www-form-urlencoded", text='<&"') == "<a>%3C%26%22</a>"


@pytest.mark.parametrize(
    "body",
    ["{{text}}", "Thanks, {{text}}!", "[smsbin] {{text}}", "I <3 you: {{text}}", "Reply <STOP> to {{text}}",
     "1 < {{text}}", '"{{text}}", he said', "a = {{text}}", "From={{text}} to you"],
)  # fmt: skip
@pytest.mark.parametrize("content_type", [None, "text/plain"])
def test_prose_stays_as_it_was_sent(body: str, content_type: str | None) -> None:
    text = 'don\'t <b> & "you"\n'
    assert say(body, content_type, text=text) == body.replace("{{text}}", text)


def test_plain_text_with_an_equals_sign_is_no_form() -> None:
    assert say("From={{from}}", "text/plain") == "From=+14155550123"


def test_an_answer_without_placeholders_is_known_as_such() -> None:
    assert has_placeholders(Answer(body="a {{ text }}"))
    assert not has_placeholders(Answer(body="a {{texts}} {text}"))


texts = st.text(max_size=200) | st.text(alphabet="<>&\"'\\{}\x00\x0b\ud800\u2028%+=é☂😀", max_size=200)


@given(texts, texts)
def test_whatever_a_customer_writes_documents_stay_whole(text: str, sender: str) -> None:
    xml = say('<a b="{{from}}">{{text}}</a>', "text/xml", text=text, **{"from": sender})
    assert fromstring(xml.encode()).tag == "a"
    clean = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    told = json.loads(say('{"a": "{{text}}"}', "application/json", text=text))
    assert (told["a"] == text) is (clean == text)
    form = say("a={{text}}&b=1", "application/x-www-form-urlencoded", text=text)
    assert parse_qs(form, keep_blank_values=True).keys() == {"a", "b"}


@given(
    st.lists(st.sampled_from([*(f"{{{{{name}}}}}" for name in PLACEHOLDERS), "é", "<", "x" * 30_000]), max_size=6),
    st.sampled_from(["text/xml", "application/json", "application/x-www-form-urlencoded", "text/plain"]),
    st.sampled_from(["😀<", '"\\', "\ud800", "é&"]),
    st.integers(0, 40_000),
)
def test_it_never_has_more_than_64_kib(parts: list[str], content_type: str, letters: str, times: int) -> None:
    body = "".join(parts)
    said = say(body, content_type, text=letters * times)
    assert len(said.encode()) <= max(MOST, len(body.encode()))


def test_what_does_not_fit_is_left_away_between_two_characters() -> None:
    for fill in range(MOST - 20, MOST - 10):
        xml = say("<a>" + "x" * (fill - 7) + "{{text}}</a>", "text/xml", text="&" * 50)
        assert fromstring(xml).tag == "a"
        assert MOST - 5 < len(xml) <= MOST
