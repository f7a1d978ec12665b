"""A request by field name: in any case, in forms and JSON alike."""

from app.providers.kit.glance import MAX_WORDS, Glance
from tests.storage.builders import a_raw


def _form(body: bytes, kind: bytes = b"application/x-www-form-urlencoded") -> Glance:
    return Glance(a_raw(body, headers=((b"Content-Type", kind),), target="/k"))


def _json(body: bytes) -> Glance:
    return _form(body, b"application/json")


def test_fields_are_found_in_any_case_and_the_first_of_a_name_counts() -> None:
    glance = _form(b"From=%2B1&FROM=%2B2&To=")
    assert (glance.get("from"), glance.get("to"), glance.get("to", "from")) == ("+1", None, "+1")
    assert glance.has("from", "to")
    assert not glance.has("from", "text")
    assert glance.has_any(("text", "to"))
    assert not glance.has_any(("text",))


def test_json_has_its_names_in_lower_case() -> None:
    assert _json(b'{"Data": {"messageId": 1}}').json == {"data": {"messageid": 1}}
    assert _form(b"a=b").json is None


def test_numbered_fields_come_in_the_order_of_their_numbers() -> None:
    glance = _form(b"MediaUrl10=k&MediaUrl2=c&mediaurl0=a&MediaUrl1=&MediaUrlX=x&MediaUrl=first&Media=no")
    assert glance.numbered("mediaurl") == ("a", "first", "c", "k")


def test_numbered_fields_may_be_a_list_in_json() -> None:
    assert _json(b'{"mediaUrl": ["a", "b"]}').numbered("mediaurl") == ("a", "b")


def test_an_empty_text_is_a_text_and_null_is_none() -> None:
    assert _form(b"Body=").text("text", "body") == ""
    assert _json(b'{"Body": ""}').text("text", "body") == ""
    assert _json(b'{"Body": null}').text("text", "body") is None
    assert _json(b'{"a": {"Body": null}, "b": {"Body": ""}}').text("a.body") is None
    assert _json(b'{"a": {"Body": null}, "b": {"Body": ""}}').text("a.body", "b.body") == ""
    assert _form(b"To=x").text("body") is None


def test_words_for_the_search_are_all_values_once_each_within_a_bound() -> None:
    assert _form(b"a=1&b=2&c=1&d=").words == "1\n2"
    assert len(_form(b"a=" + b"x" * (MAX_WORDS + 1)).words) == MAX_WORDS
