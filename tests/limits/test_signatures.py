"""How much of a signed request is looked at, and how many ways to sign it are tried."""

from collections.abc import Iterable
from itertools import repeat

import pytest

from app.domain.captures import write_lines
from app.signatures import Secret, SignedRequest, attempts, bodies, keypairs
from app.signatures.attempts import MAX_ATTEMPTS, MAX_HASHED
from app.signatures.bodies import MAX_BODIES, BodyVariant, body_variants
from app.signatures.candidates import (
    _MAX_ID,
    _MAX_ITEMS,
    _MAX_STAMP,
    _MAX_VALUE,
    MAX_IDS,
    MAX_SIGNATURES,
    MAX_STAMPS,
    Candidates,
    candidates_in,
)
from app.signatures.json_forms import MAX_JSON
from app.signatures.jwt import MAX_TOKEN, read_token, write_token
from app.signatures.queries import _MAX_MOVES, MAX_ORDERED, MAX_QUERY, query_edits
from app.signatures.reading import MAX_FIELDS, MAX_FORM, MAX_SIGNED_FIELDS, MAX_VALUES, fields_of, values_of
from app.signatures.schemes.twilio import SCHEME as TWILIO
from app.signatures.urls import MAX_URLS, UrlVariant, url_variants
from tests.signatures.requests import a_signed

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
DIGEST = "0123456789abcdef" * 4


def _form(body: bytes) -> SignedRequest:
    return a_signed(body=body, headers=[FORM])


def _by_cause(request: SignedRequest, cause: str) -> list[BodyVariant]:
    return [variant for variant in body_variants(request) if variant.cause == cause]


def _text(value: str) -> bytes:
    """The form of a text in which `+` is a plus; a blank is written as usual."""
    return b"Text=" + value.replace("+", "%2B").replace(" ", "+").encode()


def _candidates(headers: Iterable[tuple[bytes, bytes]]) -> Candidates:
    return candidates_in(write_lines(headers))


FULL = MAX_HASHED // MAX_ATTEMPTS - attempts._COST
"""Bytes of the largest body that all attempts are made for."""


@pytest.mark.parametrize(
    ("size", "count"),
    [
        (FULL - 1, MAX_ATTEMPTS),
        (FULL, MAX_ATTEMPTS),
        (FULL + 1, MAX_ATTEMPTS - 1),
        (MAX_HASHED - attempts._COST, 1),
        (MAX_HASHED - attempts._COST + 1, 0),
    ],
)
def test_so_many_changes_of_a_body_of_this_size_are_tried(size: int, count: int) -> None:
    secrets = [Secret(label=str(n), value=f"secret {n}") for n in range(20)]
    tried = list(attempts.attempts(_form(b"Text=" + b"t" * (size - 5)), TWILIO, secrets))
    assert len(tried) == len(secrets) + count


@pytest.mark.parametrize("count", [attempts._URLS_WITH_KEYS, attempts._URLS_WITH_KEYS + 1])
def test_so_many_urls_are_tried_with_another_form_of_the_secret(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = [UrlVariant(("host",), f"http://{n}.example.net/k") for n in range(count)]
    monkeypatch.setattr(attempts, "url_variants", lambda *_: iter(urls))
    tried = attempts.attempts(a_signed(), TWILIO, [Secret(label="a", value=" secret")])
    both = [attempt for attempt in tried if attempt.value == "secret" and "host" in attempt.causes]
    assert len(both) == attempts._URLS_WITH_KEYS


@pytest.mark.parametrize(("size", "is_varied"), [(MAX_FORM, True), (MAX_FORM + 1, False)])
def test_a_form_of_so_many_bytes_is_tried_with_changed_fields(size: int, is_varied: bool) -> None:
    assert bool(_by_cause(_form(b"Text=" + b"t" * (size - 5)), "trimmed")) == is_varied


@pytest.mark.parametrize(("count", "is_varied"), [(MAX_FIELDS, True), (MAX_FIELDS + 1, False)])
def test_a_form_of_so_many_fields_is_tried_with_changed_fields(count: int, is_varied: bool) -> None:
    assert bool(_by_cause(_form(b"&".join([b"Text=t", *repeat(b"a=b", count - 1)])), "trimmed")) == is_varied


@pytest.mark.parametrize(
    ("blanks", "is_tried"), [(bodies._BLANKS_IN_PAIRS, True), (bodies._BLANKS_IN_PAIRS + 1, False)]
)
def test_two_of_so_many_blanks_are_tried_as_pluses(blanks: int, is_tried: bool) -> None:
    found = {variant.body for variant in body_variants(_form(_text("t" + " t" * blanks)))}
    assert (_text("t+t" + " t" * (blanks - 2) + "+t") in found) == is_tried


@pytest.mark.parametrize(("blanks", "is_tried"), [(bodies._MAX_PLUSES, True), (bodies._MAX_PLUSES + 1, False)])
def test_one_of_so_many_blanks_is_tried_as_a_plus(blanks: int, is_tried: bool) -> None:
    found = {variant.body for variant in body_variants(_form(_text("t" + " t" * blanks)))}
    assert (_text("t" + " t" * (blanks - 1) + "+t") in found) == is_tried


@pytest.mark.parametrize(("blanks", "is_tried"), [(bodies._MAX_PLUSES, True), (bodies._MAX_PLUSES + 1, False)])
def test_so_many_choices_of_one_blank_in_each_group_are_tried_as_pluses(blanks: int, is_tried: bool) -> None:
    found = {variant.body for variant in body_variants(_form(_text("t  t" + " " * blanks + "t")))}
    assert (_text("t+ t" + " " * (blanks - 1) + "+t") in found) == is_tried


@pytest.mark.parametrize(("size", "is_tried"), [(bodies._MAX_LINES, True), (bodies._MAX_LINES + 1, False)])
def test_a_body_of_so_many_bytes_is_tried_with_other_line_ends(size: int, is_tried: bool) -> None:
    assert bool(_by_cause(_form(b"t" * size), "trailing_newline")) == is_tried


@pytest.mark.parametrize(("size", "is_tried"), [(MAX_JSON, True), (MAX_JSON + 1, False)])
def test_json_of_so_many_bytes_is_tried_in_other_forms(size: int, is_tried: bool) -> None:
    request = a_signed(body=b'{"a": "%s"}' % (b"t" * (size - 9)), headers=[JSON])
    assert any("the JSON is written" in variant.words for variant in body_variants(request)) == is_tried


@pytest.mark.parametrize(("size", "is_kept"), [(bodies._SHORT, True), (bodies._SHORT + 1, False)])
def test_the_escaped_form_of_a_value_of_this_size_is_kept_in_memory(size: int, is_kept: bool) -> None:
    bodies._escape_short.cache_clear()
    bodies.write_fields([(b"v" * size, b"v" * size)])
    assert bodies._escape_short.cache_info().hits == is_kept


def test_so_many_bodies_are_tried() -> None:
    body = b"&".join(b"body%d=%s" % (n, b"t+" * 9) for n in range(MAX_FIELDS))
    assert len(body_variants(_form(body))) < MAX_BODIES
    texts = b"&".join(b"Text=%d+++t+t" % n for n in range(MAX_FIELDS))
    assert len(body_variants(_form(texts))) == MAX_BODIES


@pytest.mark.parametrize(("length", "is_found"), [(_MAX_VALUE, True), (_MAX_VALUE + 1, False)])
def test_so_many_characters_of_a_header_are_searched_for_a_signature(length: int, is_found: bool) -> None:
    value = b"x" * (length - len(DIGEST) - 1) + b" " + DIGEST.encode()
    assert bool(_candidates([(b"X-Signature", value)]).digests) == is_found


@pytest.mark.parametrize(("place", "is_found"), [(_MAX_ITEMS, True), (_MAX_ITEMS + 1, False)])
def test_so_many_parts_of_a_header_are_searched_for_a_signature(place: int, is_found: bool) -> None:
    value = b"x," * (place - 1) + DIGEST.encode()
    assert bool(_candidates([(b"X-Signature", value)]).digests) == is_found


@pytest.mark.parametrize(("length", "is_stamp"), [(_MAX_STAMP, True), (_MAX_STAMP + 1, False)])
def test_a_time_stamp_has_so_many_characters(length: int, is_stamp: bool) -> None:
    assert bool(_candidates([(b"X-Timestamp", b"1" * length)]).stamps) == is_stamp


@pytest.mark.parametrize(("length", "is_id"), [(_MAX_ID, True), (_MAX_ID + 1, False)])
def test_the_id_of_a_request_has_so_many_characters(length: int, is_id: bool) -> None:
    assert bool(_candidates([(b"X-Request-Id", b"1" * length)]).ids) == is_id


@pytest.mark.parametrize("more", [0, 1])
def test_so_many_signatures_time_stamps_and_ids_are_tried(more: int) -> None:
    numbers = range(max(MAX_SIGNATURES, MAX_STAMPS, MAX_IDS) + more)
    headers = [(b"X-Signature", DIGEST.replace("0", str(n)).encode()) for n in numbers]
    headers += [(name, b"%d" % n) for n in numbers for name in (b"X-Timestamp", b"X-Id")]
    found = _candidates(headers)
    assert (len(found.digests), len(found.stamps), len(found.ids)) == (MAX_SIGNATURES, MAX_STAMPS, MAX_IDS)


@pytest.mark.parametrize(("length", "is_read"), [(MAX_TOKEN, True), (MAX_TOKEN + 1, False)])
def test_a_token_has_so_many_characters(length: int, is_read: bool) -> None:
    token = write_token({"iss": "x"}, b"key")
    signed, _, signature = token.rpartition(".")
    assert (read_token(f"{signed}.{signature}{'=' * (length - len(token))}") is not None) == is_read


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_public_key_has_this_size(more: int) -> None:
    key = bytes(keypairs.ED25519_BYTES + more)
    expected = key if more == 0 else None
    assert keypairs.public_key(key.hex()) == expected
    assert keypairs.public_key(keypairs._HEAD_OF_DER.hex()) is None


def _orders(count: int) -> list[str | None]:
    query = "&".join(f"{chr(ord('m') + n % 12)}{n}=1" for n in range(count))
    return [changed for cause, changed in query_edits(query) if cause == "query_order"]


@pytest.mark.parametrize(("count", "is_tried"), [(MAX_ORDERED, True), (MAX_ORDERED + 1, False)])
def test_all_orders_of_so_many_parameters_are_tried(count: int, is_tried: bool) -> None:
    names = [f"{n}=1" for n in range(count)]
    other = "&".join([*names[1::2], *names[-1 - (count - 1) % 2 :: -2]])
    assert (("query_order", other) in list(query_edits("&".join(names)))) == is_tried


@pytest.mark.parametrize("count", [11, 12])
def test_so_many_moves_of_one_of_many_parameters_are_tried(count: int) -> None:
    """Besides the sorted and the reversed ones. 11 parameters have 110 moves, 12 have 132."""
    assert len(_orders(count)) == 2 + min(count * (count - 1), _MAX_MOVES)


@pytest.mark.parametrize(("length", "is_changed"), [(MAX_QUERY, True), (MAX_QUERY + 1, False)])
def test_a_query_of_so_many_characters_is_changed(length: int, is_changed: bool) -> None:
    assert (len(list(query_edits("a=1&b=" + "2" * (length - 6)))) > 1) == is_changed


def test_so_many_urls_are_tried() -> None:
    hosts = tuple(f"{n}.example.net" for n in range(200))
    many = a_signed("https://sms.example.net/a/b/c?a=1&b=2&c=3")
    assert len(list(url_variants(a_signed(), ()))) < MAX_URLS
    assert len(list(url_variants(many, hosts))) == MAX_URLS


@pytest.mark.parametrize(("count", "is_read"), [(MAX_SIGNED_FIELDS, True), (MAX_SIGNED_FIELDS + 1, False)])
def test_a_form_of_so_many_fields_is_checked(count: int, is_read: bool) -> None:
    assert len(fields_of(b"a=b" + b"&a=b" * count)) == (count + 1 if is_read else 0)


@pytest.mark.parametrize("count", [MAX_VALUES, MAX_VALUES + 1])
def test_so_many_values_of_one_header_are_compared(count: int) -> None:
    assert len(values_of(a_signed(headers=[("X-Signature", "s")] * count).raw, b"x-signature")) == MAX_VALUES
