"""Headers with nearly the right name, and headers that were sent twice."""

import pytest

from app.signatures.near import near_header, repeated_header
from app.signatures.schemes import SCHEMES
from tests.storage.builders import a_raw


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("x-telnyx-signature-ed25519", "telnyx-signature-ed25519"),
        ("HTTP_X_TWILIO_SIGNATURE", "x-twilio-signature"),
        ("Http-X-Plivo-Signature-V2", "x-plivo-signature-v2"),
        ("X_SignalWire_Signature", "x-signalwire-signature"),
        ("Twilio-Signature", "x-twilio-signature"),
        ("X-Original-Twilio-Signature", "x-twilio-signature"),
    ],
)
def test_a_header_with_nearly_the_right_name_is_named(name: str, right: str) -> None:
    raw = a_raw(headers=((b"Host", b"a"), (name.encode(), b"abc")))
    assert near_header(raw, SCHEMES) == f"the header is called {name}, not {right}"


@pytest.mark.parametrize("name", ["X-Twilio-Signature", "x-twilio-signature", "X-Signature", "X-Authorization"])
def test_the_right_name_and_other_names_are_not(name: str) -> None:
    assert near_header(a_raw(headers=((name.encode(), b"abc"),)), SCHEMES) is None


def test_a_header_of_the_scheme_that_was_sent_twice_is_named() -> None:
    raw = a_raw(headers=((b"A", b"1"), (b"X-Sig", b"1"), (b"A", b"2"), (b"x-sig", b"1")))
    assert repeated_header(raw, frozenset({b"x-sig"})) == "x-sig"
    assert repeated_header(raw, frozenset({b"x-other"})) is None
