"""Two requests laid over each other: what is marked, what is masked, and that it always ends."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.captures import RawRequest, write_lines
from app.domain.masking.policy import CREDENTIALS
from app.parsing import parse
from app.web.compare.differences import MOST_BYTES, MOST_LINES, BodyDiff, body_difference, header_differences, part

KEY = "k4x9t2m7p3wq8rvz"
FORM = ((b"Content-Type", b"application/x-www-form-urlencoded"),)


def _raw(body: bytes, headers: tuple[tuple[bytes, bytes], ...] = FORM, target: str = f"/{KEY}") -> RawRequest:
    return RawRequest(
        method="POST" if body else "GET", target=target, http_version="1.1", head=write_lines(headers), body=body,
        body_complete=True, peer="192.0.2.1", received_at=datetime(2026, 11, 27, tzinfo=UTC),
    )  # fmt: skip


def _compare(one: RawRequest, other: RawRequest) -> BodyDiff:
    return body_difference((one, other), (parse(one), parse(other)))


def _text(pieces) -> str:
    return "".join(piece.text for piece in pieces)


def _marked(pieces) -> list[str]:
    return [piece.text for piece in pieces if piece.marked]


def test_a_url_that_grew_marks_what_it_grew_by_and_leaves_out_the_host() -> None:
    one, other = part(f"https://sms.example.net/{KEY}", f"https://sms.example.net/{KEY}/fallback")
    assert (_text(one), _text(other)) == (f"…/{KEY}", f"…/{KEY}/fallback")
    assert (_marked(one), _marked(other)) == ([], ["/fallback"])
    assert [piece.text for piece in other if piece.secret] == [KEY]


def test_an_id_that_looks_like_a_key_is_no_secret() -> None:
    one, other = part("SM" + "0" * 32, "SM" + "0" * 31 + "1")
    assert not any(piece.secret for piece in (*one, *other))
    assert _marked(one) == ["0"]
    assert [piece.text for piece in part("x", f"a%2F{KEY}/fallback")[1] if piece.secret] == [KEY]


def test_a_key_that_differs_is_masked_whole() -> None:
    one, other = part(f"https://h.example/{KEY}", f"https://h.example/{KEY[:-1]}0")
    assert "".join(piece.text for piece in one if piece.secret) == KEY
    assert "".join(piece.text for piece in other if piece.secret) == KEY[:-1] + "0"


def test_hosts_that_differ_stay() -> None:
    one, _ = part("https://a.example/x", "https://b.example/x")
    assert _text(one) == "https://a.example/x"
    assert _marked(one) == ["a"]


def test_values_that_share_nothing_are_not_marked() -> None:
    assert _marked(part("POST", "GET")[0]) == []


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(), st.text())
def test_marking_loses_no_character(one: str, other: str) -> None:
    ours, theirs = part(one, other)
    if not one.startswith("http"):
        assert (_text(ours), _text(theirs)) == (one, other)


def test_headers_are_compared_by_name_whatever_their_case_and_secrets_are_masked() -> None:
    one = _raw(b"a", ((b"X-A", b"1"), (b"Accept", b"*/*"), (b"Cookie", b"c=1")))
    other = _raw(b"a", ((b"accept", b"*/*"), (b"x-a", b"1"), (b"x-a", b"2"), (b"cookie", b"c=2")))
    cookie, extra = header_differences(one, other, CREDENTIALS)
    assert (cookie.name, cookie.primary, cookie.fallback) == ("cookie", ("••••••••",), ("••••••••",))
    assert (extra.name, extra.primary, extra.fallback) == ("x-a", ("1",), ("1", "2"))


def test_forms_are_compared_field_by_field() -> None:
    found = _compare(_raw(b"From=1&Text=hi&To=2"), _raw(b"From=1&Text=ho&To=2"))
    assert [(line.side, line.text) for line in found.lines] == [
        ("both", "From=1&"), ("primary", "Text=hi&"), ("fallback", "Text=ho&"), ("both", "To=2"),
    ]  # fmt: skip
    assert not found.same
    assert not found.hex


def test_a_request_by_get_is_compared_by_its_query() -> None:
    found = _compare(_raw(b"From=1&Text=hi"), _raw(b"", (), f"/{KEY}/fallback?From=1&Text=hi"))
    assert {line.side for line in found.lines} <= {"both"}
    assert "the query is shown" in found.note


def test_equal_bodies_need_no_lines() -> None:
    found = _compare(_raw(b"a=1"), _raw(b"a=1"))
    assert (found.same, found.lines) == (True, ())


def test_what_is_no_text_is_compared_as_bytes() -> None:
    binary = ((b"Content-Type", b"application/octet-stream"),)
    found = _compare(_raw(b"\x00\x01\xfe\xff" * 8, binary), _raw(b"\x00\x02\xfe\xff" * 8, binary))
    assert found.hex
    assert any(line.text.startswith("00 01 fe ff") for line in found.lines)


def test_large_bodies_are_cut_and_say_so() -> None:
    lines = b"\n".join(b"%d" % number for number in range(MOST_LINES * 3))
    found = _compare(_raw(lines, ()), _raw(lines[::-1], ()))
    assert found.cut
    assert len(found.lines) <= 2 * MOST_LINES + 2
    binary = bytes(range(256)) * 64
    assert len(binary) > MOST_BYTES
    assert _compare(_raw(binary, ()), _raw(binary[::-1], ())).cut


def test_far_equal_lines_are_counted_instead_of_shown() -> None:
    lines = [f"line {number}" for number in range(50)]
    other = [*lines[:25], "changed", *lines[26:]]
    found = _compare(_raw("\n".join(lines).encode(), ()), _raw("\n".join(other).encode(), ()))
    assert [line.text for line in found.lines if line.side == "gap"] == ["22 equal lines", "21 equal lines"]
