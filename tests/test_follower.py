"""The reader that the follower process gets."""

from pathlib import Path

from app import follower
from app.domain.reader import DEFAULT_READER_SETTINGS, ReaderSettings
from app.domain.roles import Role
from app.follower import make_capture_reader
from app.providers import recognise
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
    read = follower.read_capture(raw, Role.PRIMARY, "ytel", ReaderSettings(mapping=mapping))
    assert (read.provider, read.message_id, read.sender) == ("custom", "m7", "+14155550123")
    for settings in (DEFAULT_READER_SETTINGS, ReaderSettings(mapping="no JSON"), ReaderSettings(mapping="[1]")):
        assert follower.read_capture(raw, Role.PRIMARY, None, settings) == recognise(raw, Role.PRIMARY)
