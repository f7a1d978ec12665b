"""What single signature schemes compare of a request, and what the box for a pasted signature computes."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.signatures import SignedRequest
from app.signatures.digests import base64_of, hmac_of
from app.signatures.jwt import write_token
from app.signatures.pasted import _COST, MAX_HASHED, _Search
from app.signatures.pasting.model import CodeMistake, Key, SignedText
from app.signatures.pasting.recipes import MAX_BODY, Recipe, recipe_for
from app.signatures.pasting.secrets import _MAX_PASTED, Pasted, read_pasted
from app.signatures.reading import MAX_FIELDS, MAX_FORM
from app.signatures.schemes import generic, messagebird, telnyx, vonage, vonage_jwt
from app.signatures.schemes.github import GITHUB
from app.signatures.schemes.twilio import SCHEME as TWILIO
from tests.signatures.requests import a_signed

FORM = ("Content-Type", "application/x-www-form-urlencoded")
URL = "https://sms.example.net/k"
SECRET = "secret"
MISTAKE = CodeMistake("one", "it is another text")


def _vonage(query: str, signed: str, *, replace: bool = True) -> SignedRequest:
    """A request with these parameters, signed over other ones."""
    fields = tuple(tuple(pair.encode().split(b"=", 1)) for pair in signed.split("&"))
    text = b"".join(
        b"&%s=%s" % (name, value.replace(b"=", b"_") if replace else value) for name, value in sorted(fields)
    )
    return a_signed(f"{URL}?{query}&sig={vonage.compute(text, SECRET, 'sha256')}", method="GET")


def _mistake_fits(scheme: Any, cause: str, request: SignedRequest) -> bool:
    return next(each for each in scheme.mistakes if each.cause == cause).fits(request, SECRET)


@pytest.mark.parametrize(("size", "fits"), [(MAX_FORM, True), (MAX_FORM + 1, False)])
def test_blank_places_of_twilio_are_added_to_a_form_of_so_many_bytes(size: int, fits: bool) -> None:
    text = b"t" * (size - 5)
    signed = base64_of(hmac_of(SECRET.encode(), URL.encode() + b"FromCityText" + text, "sha1"))
    request = a_signed(URL, b"Text=" + text, [FORM, ("X-Twilio-Signature", signed)])
    assert _mistake_fits(TWILIO, "blank_params_dropped", request) == fits


@pytest.mark.parametrize(("count", "fits"), [(MAX_FIELDS, True), (MAX_FIELDS + 1, False)])
def test_blank_places_of_twilio_are_added_to_so_many_fields(count: int, fits: bool) -> None:
    names = [f"A{n:02}" for n in range(count)]
    text = URL + "".join(f"{name}1" for name in names) + "FromCity"
    signed = base64_of(hmac_of(SECRET.encode(), text.encode(), "sha1"))
    body = "&".join(f"{name}=1" for name in names).encode()
    request = a_signed(URL, body, [FORM, ("X-Twilio-Signature", signed)])
    assert _mistake_fits(TWILIO, "blank_params_dropped", request) == fits


@pytest.mark.parametrize(("count", "fits"), [(vonage.MAX_EXTRA, True), (vonage.MAX_EXTRA + 1, False)])
def test_so_many_parameters_that_are_not_vonages_are_left_out(count: int, fits: bool) -> None:
    extra = "".join(f"&extra{n}=1" for n in range(count))
    assert _mistake_fits(vonage.SCHEME, "extra_params", _vonage(f"text=hi{extra}", "text=hi")) == fits


@pytest.mark.parametrize(("count", "fits"), [(vonage.MAX_PARAMETERS, True), (vonage.MAX_PARAMETERS + 1, False)])
def test_mistakes_of_vonages_signature_are_tried_for_so_many_parameters(count: int, fits: bool) -> None:
    query = "&".join(f"a{n:03}=1=2" for n in range(count - 1))
    assert _mistake_fits(vonage.SCHEME, "no_replacement", _vonage(query, query, replace=False)) == fits


@pytest.mark.parametrize(("seconds", "is_time"), [(vonage_jwt._LATEST_S, True), (vonage_jwt._LATEST_S + 1, False)])
def test_a_token_of_vonage_was_signed_before_this_second(seconds: int, is_time: bool) -> None:
    token = write_token({"iss": "Vonage", "iat": seconds}, SECRET.encode())
    found = vonage_jwt.SCHEME.stamp(a_signed(headers=[("Authorization", f"Bearer {token}")]))
    assert found == (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) if is_time else None)


@pytest.mark.parametrize(
    ("count", "is_read"), [(messagebird._MAX_PARAMETERS, True), (messagebird._MAX_PARAMETERS + 1, False)]
)
def test_a_query_of_so_many_parameters_is_sorted_for_messagebird(count: int, is_read: bool) -> None:
    request = a_signed(f"{URL}?" + "&".join(["a=1"] * count))
    (query,) = (part.value for part in messagebird.old_parts(request) if part.name == "sorted query")
    assert query.count(b"a=1") == (count if is_read else 0)


@pytest.mark.parametrize(("place", "fits"), [(telnyx._MAX_SIGNATURES, True), (telnyx._MAX_SIGNATURES + 1, False)])
def test_so_many_signatures_of_telnyx_are_checked(place: int, fits: bool) -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    right = base64_of(private.sign(b"1|body"))
    values = [base64_of(bytes(64))] * (place - 1) + [right]
    headers = [("Telnyx-Timestamp", "1"), *(("Telnyx-Signature-Ed25519", value) for value in values)]
    public = base64_of(private.public_key().public_bytes_raw())
    assert telnyx.TELNYX.fits(a_signed(body=b"body", headers=headers), public) == fits


@pytest.mark.parametrize(("size", "is_kept"), [(generic._MAX_CACHED, True), (generic._MAX_CACHED + 1, False)])
def test_what_fits_a_body_of_this_size_is_kept_in_memory(size: int, is_kept: bool) -> None:
    generic._find_without_url.cache_clear()
    generic.find(a_signed(body=b"b" * size), SECRET)
    assert generic._find_without_url.cache_info().currsize == is_kept


@pytest.mark.parametrize(("length", "is_read"), [(_MAX_PASTED, True), (_MAX_PASTED + 1, False)])
def test_a_pasted_signature_has_so_many_characters(length: int, is_read: bool) -> None:
    text = sha256(b"").hexdigest()
    assert bool(read_pasted(text.rjust(length))) == is_read


@pytest.mark.parametrize(("more", "is_found"), [(0, True), (1, False)])
def test_the_mistakes_of_code_are_computed_over_so_many_bytes(more: int, is_found: bool) -> None:
    """Two texts with half of them each."""
    size = MAX_HASHED // 2 - _COST
    right, other = SignedText((), b"a" * size), SignedText((MISTAKE,), b"b" * (size + more))
    recipe = Recipe(b"key", "HMAC-SHA256", "hex", [right, other])
    pasted = Pasted(hmac_of(b"key", other.signed, "sha256"), "hex")
    assert _Search(recipe, [pasted], [Key((), b"key")]).run() == ((MISTAKE,) if is_found else None)


@pytest.mark.parametrize(("size", "is_changed"), [(MAX_BODY, True), (MAX_BODY + 1, False)])
def test_the_mistakes_of_code_change_a_body_of_this_size(size: int, is_changed: bool) -> None:
    recipe = recipe_for(a_signed(body=b"b" * size, headers=[("X-Hub-Signature-256", "sha256=")]), GITHUB, SECRET)
    assert recipe is not None
    assert (len(recipe.texts) > 1) == is_changed
