"""The reader that the follower process gets."""

from pathlib import Path

from app import clock, follower
from app.domain.reader import DEFAULT_READER_SETTINGS, ReaderContext, ReaderSettings, SigningSecret
from app.domain.roles import Role
from app.domain.signatures import SignatureVerdict
from app.follower import make_capture_reader
from app.providers import recognise
from app.signatures.sealing import PLAIN
from tests.signed import FIELDS, OTHER, SECRET, twilio_signature
from tests.storage.builders import a_raw


def test_it_reads_with_the_data_sheets() -> None:
    raw = a_raw(b"From=%2B14155550123&To=%2B19495550142&Body=hi&MessageSid=SM1")
    read = make_capture_reader().recognise(raw, Role.PRIMARY, None, DEFAULT_READER_SETTINGS)
    assert read == recognise(raw, Role.PRIMARY)


def test_its_version_is_that_of_its_sources(tmp_path: Path, monkeypatch) -> None:
    for name in follower._SOURCES:
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "one.py").write_text("")
    monkeypatch.setattr(follower, "HERE", tmp_path)
    versions = [make_capture_reader().version]
    assert make_capture_reader().version == versions[0]
    for name in follower._SOURCES:
        (tmp_path / name / "one.py").write_text(f"# {name}")
        versions.append(make_capture_reader().version)
    (tmp_path / "web.py").write_text("# nothing that reads")
    assert len(set(versions)) == 1 + len(follower._SOURCES)
    assert make_capture_reader().version == versions[-1]


def test_a_capture_is_parsed_with_the_mapping_of_its_bin() -> None:
    raw = a_raw(b'{"ref": "m7", "who": "+14155550123"}', headers=((b"Content-Type", b"application/json"),))
    mapping = '{"name": "Acme", "fields": {"id": "ref", "from": "who"}}'
    read = follower.read_capture(raw, Role.PRIMARY, "ytel", ReaderSettings(mapping=mapping), ReaderContext())
    assert (read.provider, read.message_id, read.sender) == ("custom", "m7", "+14155550123")
    for settings in (DEFAULT_READER_SETTINGS, ReaderSettings(mapping="no JSON"), ReaderSettings(mapping="[1]")):
        assert follower.read_capture(raw, Role.PRIMARY, None, settings, ReaderContext()) == recognise(raw, Role.PRIMARY)


def test_the_provider_of_a_bin_counts_beside_other_settings() -> None:
    raw = a_raw(b"From=%2B14155550123&To=%2B19495550142&Text=hi&MessageSid=m1")
    secret = SigningSecret(label="primary", scheme=None, secret=PLAIN + SECRET, hash="h", added_at=clock.now())
    for settings in (
        DEFAULT_READER_SETTINGS,
        ReaderSettings(mapping='{"name": "Acme", "fields": {"id": "ref"}}'),
        ReaderSettings(secrets=(secret,)),
    ):
        reading = follower.read_capture(raw, Role.PRIMARY, "telnyx", settings, ReaderContext())
        expected = recognise(raw, Role.PRIMARY, "telnyx")
        assert (reading.provider, reading.events) == (expected.provider, expected.events)
        assert expected != recognise(raw, Role.PRIMARY)


def _signed(secret: str = SECRET):
    url = "http://sms.example.net/k"
    headers = (
        (b"Host", b"sms.example.net"),
        (b"Content-Type", b"application/x-www-form-urlencoded"),
        (b"X-Twilio-Signature", twilio_signature(url, secret=secret).encode()),
    )
    body = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in FIELDS.items()).encode()
    return a_raw(body, headers=headers, target="/k")


def test_a_capture_of_a_bin_with_secrets_has_a_verdict_and_its_finding() -> None:
    read = make_capture_reader().recognise
    secret = SigningSecret(label="primary", scheme=None, secret=PLAIN + SECRET, hash="h", added_at=clock.now())
    settings = ReaderSettings(secrets=(secret,))
    reading = read(_signed(), Role.PRIMARY, None, settings)
    assert reading.signature is not None
    assert (reading.signature.verdict, reading.findings) == (SignatureVerdict.VALID, ())
    reading = read(_signed(OTHER), Role.PRIMARY, None, settings)
    assert reading.signature is not None
    assert reading.signature.verdict is SignatureVerdict.WRONG_SECRET_OR_CHANGED
    assert reading.findings == ("signature_invalid",)
    assert read(_signed(OTHER), Role.PRIMARY, None, ReaderSettings()).signature is None


def test_only_the_version_of_bins_with_secrets_changes_with_the_context() -> None:
    contexts = [
        ReaderContext(),
        ReaderContext(secrets_key="k" * 20),
        ReaderContext(public_url="https://sms.example.net"),
    ]
    readers = [make_capture_reader(context) for context in contexts]
    assert len({reader.version for reader in readers}) == 1
    assert len({reader.secrets_version for reader in readers}) == len(contexts)
