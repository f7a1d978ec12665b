"""The Python code accepts a genuine request, and no other one."""

from base64 import b64decode
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest

from app.signatures.snippets import snippets_for
from tests.signatures.requests import read_vectors


class FlaskForm(dict):
    """As much of Flask's form as the code uses."""

    def getlist(self, name: str) -> list[str]:
        return self[name]

    def to_dict(self, flat: bool = True) -> dict[str, list[str]]:
        return dict(self)


@pytest.mark.parametrize(
    ("scheme", "file", "name"),
    [
        ("twilio", "twilio", "form, blanks and unicode"),
        ("twilio-shared-key", "twilio", "SharedKey, HMAC_SHA256"),
        ("plivo", "plivo", "V2 message"),
        ("plivo", "plivo", "V3 list of two signatures"),
    ],
)
def test_the_code_accepts_a_genuine_request_and_no_other(scheme: str, file: str, name: str, monkeypatch) -> None:
    vector = next(each for each in read_vectors(file) if each["name"] == name)
    for variable in ("TWILIO_AUTH_TOKEN", "TWILIO_SHARED_KEY_SECRET", "PLIVO_AUTH_TOKEN"):
        monkeypatch.setenv(variable, vector["secret"])
    form = FlaskForm(parse_qs(b64decode(vector["body_base64"]).decode(), keep_blank_values=True))
    for url, expected in ((vector["url"], True), (vector["url"] + "/x", False)):
        request = SimpleNamespace(method=vector["method"], form=form, headers=vector["headers"])
        names = {"request": request}
        exec(snippets_for(scheme, url)[0].code, names)
        assert names["valid"] is expected
