"""Which secret signs, by which scheme, and why none can."""

from datetime import UTC, datetime

import pytest

from app.errors import Invalid
from app.signatures.model import Secret
from app.signatures.signer import Signer, choose_signer
from tests.signed import OTHER, SECRET, twilio_signature

AT = datetime(2026, 11, 29, tzinfo=UTC)
URL = "https://sms.example.net/k"


def secret(value: str = SECRET, scheme: str | None = None) -> Secret:
    return Secret(label="primary", value=value, scheme=scheme)


def test_the_first_secret_that_can_sign_is_taken() -> None:
    public = secret("x", "telnyx")
    signer = choose_signer([public, secret(), secret(OTHER)], ["twilio"])
    assert (signer.scheme, signer.secret) == ("twilio", SECRET)
    signer = choose_signer([secret(OTHER, "plivo"), secret(SECRET, "twilio")], [None, "twilio"])
    assert (signer.scheme, signer.secret) == ("twilio", SECRET)


def test_a_scheme_that_the_user_chose_for_any_sender_is_taken() -> None:
    assert choose_signer([secret(scheme="github")], ["ytel"]).scheme == "github"
    assert choose_signer([secret(scheme="vonage-sha256")], ["vonage"]).scheme == "vonage-sha256"


def test_it_signs_rightly_or_wrongly() -> None:
    for wrongly in (False, True):
        signer = choose_signer([secret()], ["twilio"], wrongly=wrongly)
        signed = signer.sign("POST", URL, ((b"Content-Type", b"application/x-www-form-urlencoded"),), b"a=b", AT)
        sent = dict(signed.headers)[b"X-Twilio-Signature"].decode()
        assert (sent == twilio_signature(URL, {"a": "b"})) is not wrongly


def test_a_secret_is_not_in_what_is_logged_of_it() -> None:
    assert SECRET not in repr(Signer(scheme="twilio", secret=SECRET))


@pytest.mark.parametrize(
    ("secrets", "names", "words"),
    [
        ([], ["twilio"], "needs a secret of this bin that can sign for Twilio"),
        ([secret(scheme="plivo")], ["twilio"], "needs a secret of this bin that can sign for Twilio"),
        ([secret()], ["telnyx"], "signs with a private key"),
        ([secret()], ["ytel"], "does not sign"),
        ([secret()], [None], "needs a secret"),
        ([secret("not Base64!", "sinch-application")], ["sinch"], "key"),
    ],
)
def test_why_none_can_is_said_with_the_cure(secrets: list[Secret], names: list[str | None], words: str) -> None:
    with pytest.raises(Invalid) as error:
        choose_signer(secrets, names)
    assert error.value.problems[0][0] == "sign"
    assert words in error.value.problems[0][1]
