"""Judging with stored secrets: those that are opened, and those that cannot be."""

import pytest

from app import clock
from app.domain.findings import FINDINGS
from app.domain.reader import ReaderContext, SigningSecret
from app.domain.signatures import Judgement, SignatureVerdict
from app.signatures.sealing import NONCE_BYTES, seal
from app.signatures.stored import CERTIFICATES, finding_of, judge_stored, open_secrets
from tests.signed import FIELDS, OTHER, SECRET, twilio_signature
from tests.storage.builders import a_raw

KEY = "a-key-only-for-tests"
BODY = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in FIELDS.items()).encode()


def stored(
    secret: str = SECRET, label: str = "primary", scheme: str | None = None, key: str | None = None
) -> SigningSecret:
    sealed = seal(secret, label, key, clock.new_bytes(NONCE_BYTES))
    return SigningSecret(label=label, scheme=scheme, secret=sealed, hash="h", added_at=clock.now())


def signed(**values: object):
    headers = (
        (b"Host", b"sms.example.net"),
        (b"Content-Type", b"application/x-www-form-urlencoded"),
        (b"X-Twilio-Signature", twilio_signature("https://sms.example.net/k").encode()),
    )
    return a_raw(BODY, headers=headers, target="/k", **values)


CONTEXT = ReaderContext(secrets_key=KEY, public_url="https://sms.example.net")


def test_the_secret_that_fits_is_named() -> None:
    judgement = judge_stored(signed(), "twilio", (stored(OTHER, "old"), stored(key=KEY)), CONTEXT)
    assert (judgement.verdict, judgement.secret) == (SignatureVerdict.VALID, "primary")


def test_a_locked_secret_leaves_the_verdict_open_unless_another_one_fits() -> None:
    locked = stored(label="locked", key="some other key for it")
    judgement = judge_stored(signed(), "twilio", (locked, stored(OTHER, "old")), CONTEXT)
    assert (judgement.verdict, judgement.scheme) == (SignatureVerdict.UNDECIDED, "twilio")
    assert "“locked”" in judgement.sentence
    assert "“old”" not in judgement.sentence
    assert judge_stored(signed(), "twilio", (locked, stored()), CONTEXT).verdict is SignatureVerdict.VALID
    assert judge_stored(a_raw(BODY), "twilio", (locked,), CONTEXT).verdict is SignatureVerdict.UNSIGNED


def test_what_is_not_http_has_no_signature() -> None:
    refused = signed(refused="no version")
    judgement = judge_stored(refused, None, (stored(),), CONTEXT)
    assert judgement.verdict is SignatureVerdict.UNDECIDED
    assert "not valid HTTP" in judgement.sentence


def test_a_certificate_is_kept_by_its_url_and_is_no_secret() -> None:
    url = "https://sns.us-east-1.amazonaws.com/a.pem"
    opened = open_secrets((stored("PEM", url, CERTIFICATES), stored()), KEY)
    assert opened.certificates == {url: b"PEM"}
    assert [secret.label for secret in opened.secrets] == ["primary"]


@pytest.mark.parametrize("verdict", SignatureVerdict)
def test_only_what_is_wrong_or_signed_for_something_else_is_a_finding(verdict: SignatureVerdict) -> None:
    expected = {
        "wrong_secret_or_changed": "signature_invalid",
        "stale": "signature_invalid",
        "valid_as": "signature_as",
    }
    code = finding_of(Judgement(verdict=verdict))
    assert code == expected.get(verdict.value)
    assert code is None or code in FINDINGS
