"""Parts of composed requests: the same every time."""

from datetime import UTC, datetime

from app.providers.kit.composing import dump, form_post, get, json_post, number_or_text, stamp_ms, uuid_of


def test_a_stamp_has_milliseconds() -> None:
    assert stamp_ms(datetime(2024, 7, 11, 9, 26, 30, 12_999, tzinfo=UTC)) == "2024-07-11T09:26:30.012"


def test_a_made_uuid_is_one_and_always_the_same() -> None:
    assert uuid_of("a", "b") == uuid_of("a", "b") != uuid_of("ab")
    assert len(uuid_of("a")) == 36


def test_a_code_is_a_number_where_it_is_one() -> None:
    assert (number_or_text("4720"), number_or_text("EC_1")) == (4720, "EC_1")


def test_requests_carry_their_fields_in_the_body_or_the_query() -> None:
    fields = [("From", "+1"), ("Text", "a b")]
    post, query = form_post(fields, ("User-Agent", "acme")), get(fields)
    assert (post.method, post.query, post.body) == ("POST", "", b"From=%2B1&Text=a+b")
    assert [name for name, _ in post.headers] == ["User-Agent", "Accept", "Content-Type"]
    assert (query.method, query.query, query.body) == ("GET", "From=%2B1&Text=a+b", b"")
    assert json_post({"é": 1}).body == dump({"é": 1}) == '{"é":1}'.encode()
