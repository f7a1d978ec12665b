"""Vectors through `judge`: each has its verdict, and where something is wrong its cause is named."""

import json
from base64 import b64decode
from dataclasses import replace
from typing import Any

import pytest

from app.domain.signatures import Judgement, SignatureVerdict
from app.signatures import Secret, SignedRequest, judge
from tests.signatures.requests import Vector, read_vectors, request_of

CERTAIN = frozenset({"valid", "valid_as", "stale", "unsigned"})


def cases(name: str, *, only: str = "") -> list[Any]:
    """The vectors of a file as parameters; `only` those with this field."""
    return [pytest.param(vector, id=vector["name"]) for vector in read_vectors(name) if not only or vector.get(only)]


def signed(vector: Vector, **changes: Any) -> SignedRequest:
    """The request of a vector, with its certificate by the URL that its body names."""
    request = request_of(vector, **changes)
    pem = vector.get("certificate_pem")
    if pem is None:
        return request
    try:
        url = json.loads(b64decode(vector["body_base64"])).get("SigningCertURL", "")
    except ValueError:
        url = ""
    return replace(request, certificates={url: pem.encode()})


def judged(vector: Vector, provider: str | None, **changes: Any) -> Judgement:
    secret = {**vector, **changes}["secret"]
    return judge(signed(vector, **changes), [] if secret is None else [Secret(label="primary", value=secret)], provider)


def check(vector: Vector, provider: str | None, scheme: str) -> Judgement:
    """A valid vector is valid; another one has its cause. Which of a wrong secret and a changed body it is, or which
    change of the body, cannot be known from a signature: then the verdict says so, and the change makes it valid."""
    judgement = judged(vector, provider)
    if vector["valid"]:
        assert (judgement.verdict, judgement.scheme, judgement.causes) == (SignatureVerdict.VALID, scheme, ())
        return judgement
    assert judgement.verdict is not SignatureVerdict.VALID
    if judgement.verdict is SignatureVerdict.WRONG_SECRET_OR_CHANGED and not judgement.causes:
        assert vector["cause"] in ("secret", "body_changed", "id_changed")
    else:
        assert vector["cause"] in judgement.causes
        assert judgement.variant is not None
        assert judgement.variant.startswith(judgement.causes[0])
    if "valid_if" in vector:
        right = judged(vector, provider, **vector["valid_if"])
        assert (right.verdict, right.scheme, right.causes) == (SignatureVerdict.VALID, scheme, ())
    return judgement
