"""The page of the guide about forwards: its example is an event, and its code checks a real signature."""

import json
import re
from datetime import UTC, datetime

import jsonschema
import pytest

from app.domain.forwards.events import EventType
from app.signatures.signer import Signer
from app.web.forwards.shapes import event_schema

from .written import DOCS

PAGE = (DOCS / "forwarding.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQh"


def test_the_example_is_an_event_with_every_field() -> None:
    schema, example = event_schema(), json.loads(BLOCKS["json"])
    jsonschema.Draft202012Validator(schema).validate(example)
    assert list(example["data"]) == list(schema["$defs"]["EventDetails"]["properties"])


def test_every_type_is_explained() -> None:
    assert re.findall(r"^\| `(\w+\.\w+)` \|", PAGE, re.MULTILINE) == [each.value for each in EventType]


@pytest.mark.parametrize("body", [b"{}", "ü".encode()])
def test_the_code_accepts_a_right_signature_and_no_other(body: bytes) -> None:
    names: dict[str, object] = {}
    exec(BLOCKS["python"], names)
    is_genuine = names["is_genuine"]
    signer = Signer(scheme="standardwebhooks", secret=SECRET)
    signed = signer.sign("POST", "https://x.example/", ((b"webhook-id", b"b.1.0"),), body, datetime.now(UTC))
    headers = {name.decode(): value.decode() for name, value in signed.headers}
    assert is_genuine(SECRET, headers, body)
    assert not is_genuine(SECRET, headers, body + b" ")
    assert not is_genuine(SECRET, headers | {"webhook-id": "b.1.1"}, body)
