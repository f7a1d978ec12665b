"""Which header values may be signatures, times and ids."""

from base64 import b64encode, urlsafe_b64encode

import pytest

from app.domain.captures import write_lines
from app.signatures.candidates import MAX_IDS, MAX_SIGNATURES, MAX_STAMPS, Candidates, candidates_in

SHA1, SHA256, SHA512 = bytes(range(20)), bytes(range(200, 232)), bytes(range(64))


def found(*headers: tuple[str, str]) -> Candidates:
    return candidates_in(write_lines((name.encode(), value.encode("latin-1")) for name, value in headers))


@pytest.mark.parametrize("digest", [SHA1, SHA256, SHA512])
@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("hex", bytes.hex),
        ("hex", lambda value: value.hex().upper()),
        ("b64", lambda value: b64encode(value).decode()),
        ("b64url", lambda value: urlsafe_b64encode(value).decode().rstrip("=")),
    ],
)
def test_values_of_the_length_of_a_digest_are_read_with_their_encoding(digest: bytes, encoding: str, encode) -> None:  # type: ignore[no-untyped-def]
    (sent,) = found(("X-Acme-Signature", "sha=" + encode(digest))).digests
    assert (sent.header, sent.text, sent.value, sent.encoding) == (
        "x-acme-signature", encode(digest), digest, encoding,
    )  # fmt: skip


def test_the_header_that_is_called_signature_is_the_first() -> None:
    candidates = found(("X-Trace", SHA1.hex()), ("X-Acme-Hmac", SHA256.hex()))
    assert [digest.header for digest in candidates.digests] == ["x-acme-hmac", "x-trace"]
    assert candidates.named
    assert not found(("X-Trace", SHA1.hex())).named


def test_hashes_without_a_key_are_no_signatures() -> None:
    assert found(("Digest", "SHA-256=" + b64encode(SHA256).decode()), ("Content-MD5", SHA1.hex())).digests == ()


def test_times_and_ids_next_to_the_signature_come_first() -> None:
    candidates = found(
        ("X-Request-Id", "r"), ("Date", "Sat, 28 Nov 2026 20:00:00 GMT"), ("X-Acme-Timestamp", "1795900000"),
        ("X-Acme-Id", "evt_1"), ("X-Acme-Signature", SHA256.hex()),
    )  # fmt: skip
    assert candidates.stamps == (b"1795900000", b"Sat, 28 Nov 2026 20:00:00 GMT")
    assert candidates.ids == (b"evt_1", b"r")


@pytest.mark.parametrize("label", ["t", "ts", "timestamp"])
def test_a_time_in_the_header_of_the_signature_is_read(label: str) -> None:
    assert found(("Acme-Signature", f"{label}=1795900000,v1={SHA256.hex()}")).stamps == (b"1795900000",)


def test_hostile_headers_give_a_bounded_number_of_candidates() -> None:
    digests = [(f"X-Sig-{number}", f"{number:040x}") for number in range(100)]
    many = ",".join(f"{number:040x}" for number in range(100))
    ids = [(f"X-{number}-Id", str(number)) for number in range(100)]
    stamps = [(f"X-{number}-Time", str(number)) for number in range(100)]
    candidates = found(*digests, ("X-Sig", many), *ids, *stamps)
    assert (len(candidates.digests), len(candidates.ids), len(candidates.stamps)) == (
        MAX_SIGNATURES, MAX_IDS, MAX_STAMPS,
    )  # fmt: skip
    assert found(("X-Time", "1" * 41), ("X-Id", "1" * 201)) == Candidates((), (), (), named=False)
