"""GitHub: the body as it was sent, in hexadecimal digits after sha256=."""

import pytest

from app.domain.signatures import SignatureVerdict
from app.signatures import Secret, judge
from app.signatures.schemes.github import GITHUB
from tests.signatures.requests import Vector, a_signed

from .checking import cases, check

CASES = [case for case in cases("generic") if case.values[0]["scheme"] == "github"]
# The example of docs.github.com, "Validating webhook deliveries".
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
SECRET = "It's a Secret to Everybody"


@pytest.mark.parametrize("vector", CASES)
def test_a_vector_has_its_verdict_and_its_cause(vector: Vector) -> None:
    check(vector, None, "github")


def test_the_published_example_is_what_is_expected() -> None:
    assert GITHUB.expected(a_signed(body=b"Hello, World!"), SECRET) == SIGNATURE


def test_a_secret_with_a_newline_from_a_file_is_named() -> None:
    request = a_signed(body=b"Hello, World!", headers=[("X-Hub-Signature-256", SIGNATURE)])
    judgement = judge(request, [Secret(label="a", value=SECRET + "\n")], None)
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.VALID_AS, ("secret_whitespace",))
    right = GITHUB.expected(request, SECRET + "\n")
    request = a_signed(body=b"Hello, World!", headers=[("X-Hub-Signature-256", str(right))])
    judgement = judge(request, [Secret(label="a", value=SECRET)], None)
    assert (judgement.verdict, judgement.causes) == (SignatureVerdict.VALID_AS, ("secret_whitespace",))


def test_there_is_no_time_in_it() -> None:
    assert GITHUB.stamp(a_signed(headers=[("X-Hub-Signature-256", SIGNATURE)])) is None
