"""Settings of how a bin is parsed: each change has the bin parsed again, in the same transaction."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.units import from_micros
from app.storage.ledger.feed import read_chunk, read_log_heads
from app.storage.ledger.spaces import Space, SpaceState, add_space
from app.storage.log import jobs
from tests.storage.builders import a_raw
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside

pytestmark = on_both_engines


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
    yield made
    made.close()


def _rereads(inside: Inside) -> tuple[int, int]:
    row = inside.file.connection.execute("select rereads, version from bins").fetchone()
    return row["rereads"], row["version"]


CHANGES = (
    jobs.SetMapping(BIN, "{}"),
    jobs.SetMapping(BIN, None),
    jobs.SetSecret(BIN, "primary", None, "s3cret", "h1", 1),
    jobs.SetSecret(BIN, "primary", "twilio", "s3cret 2", "h2", 2),
    jobs.DropSecret(BIN, "primary"),
)


def test_each_change_is_a_request_to_parse_the_bin_again(inside: Inside) -> None:
    inside.keep(a_raw())
    for number, change in enumerate(CHANGES, 1):
        (result,) = inside.apply(change)
        assert result.error is None
        assert _rereads(inside) == (number, number)
    row = inside.file.connection.execute("select through_n from rereads order by number desc").fetchone()
    assert row["through_n"] == 1


def test_a_change_of_an_unknown_bin_or_label_is_refused_and_changes_nothing(inside: Inside) -> None:
    for change in (jobs.SetMapping("nobody", "{}"), jobs.SetSecret("nobody", "a", None, "b", "h", 1)):
        assert inside.apply(change)[0].error == "not_found"
    (result,) = inside.apply(jobs.DropSecret(BIN, "primary"))
    assert (result.error, result.message) == ("not_found", "There is no secret primary in this bin.")
    assert _rereads(inside) == (0, 0)


def test_the_follower_gets_the_settings_of_its_snapshot(inside: Inside) -> None:
    ledger = inside.ledger()
    for change in (CHANGES[0], CHANGES[2], jobs.SetSecret(BIN, "old", "twilio", "x", "h0", 0), CHANGES[3]):
        inside.apply(change)
    with inside.file.database.read() as log, ledger.file.database.write() as transaction:
        (head,) = read_log_heads(log)
        space: Space = add_space(transaction, head.number, SpaceState.CURRENT, "1", 0, first_seq=0)
        settings = read_chunk(log, head, space).settings
    assert settings.mapping == "{}"
    told = [(secret.label, secret.scheme, secret.secret, secret.hash, secret.added_at) for secret in settings.secrets]
    assert told == [
        ("old", "twilio", "x", "h0", from_micros(0)),
        ("primary", "twilio", "s3cret 2", "h2", from_micros(2)),
    ]


def test_a_deleted_bin_leaves_no_settings_on_the_disk(inside: Inside) -> None:
    inside.apply(CHANGES[0])
    inside.apply(CHANGES[2])
    inside.apply(jobs.DropBin(BIN))
    inside.apply(jobs.Sweep(0, 0, 0, True))
    for table in ("mappings", "secrets", "bins"):
        assert inside.file.connection.execute(f"select count(*) from {table}").fetchone()[0] == 0
