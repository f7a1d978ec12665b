"""What a scheme sees: a request with the URL and the body that are to be checked."""

from dataclasses import replace

from app.signatures.model import SignedRequest
from tests.storage.builders import a_raw


def test_a_variant_changes_the_url_and_the_body_but_not_the_request() -> None:
    raw = a_raw(b"Text=hi")
    request = SignedRequest(raw=raw, url="http://example.net/k", body=raw.body, certificates={})
    variant = replace(request, url="https://example.net/k", body=b"Text=hi\n")
    assert (variant.url, variant.body) == ("https://example.net/k", b"Text=hi\n")
    assert variant.raw is raw
    assert raw.body == b"Text=hi"
