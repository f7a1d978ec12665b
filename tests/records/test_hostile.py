"""Hostile files: nothing but the named error, in bounded time and memory, and nothing that cannot be stored."""

import gzip
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.reconciliation.mapping import RecordColumns, RecordMapping
from app.domain.reconciliation.records import ProviderNote, Record
from app.records.failures import UnreadableRecords
from app.records.guessing import guess_mapping
from app.records.shapes import SHAPES
from tests.domain.reconciliation.cases import compare, inbound, seen

from .support import FILES, entries, opened, sample

MAPPING = RecordMapping(columns=RecordColumns(id="a", sender="b"))


def _read(data: bytes) -> list[Record | ProviderNote]:
    """The entries, compared with an empty bin; none of a file that is refused by name."""
    for mapping in (None, MAPPING):
        try:
            found = entries(data, mapping)
        except UnreadableRecords as error:
            if mapping is not None:
                return []
            guess_mapping(getattr(error, "columns", ()), getattr(error, "rows", ()))
            continue
        join = compare([], found)
        assert len(list(join.results())) + join.summary().notes == len(found)
        for entry in found:
            _check_storable(entry)
        return found
    return []


def _check_storable(entry: Record | ProviderNote) -> None:
    for name in entry.__struct_fields__:
        value = getattr(entry, name)
        if name != "original":
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    text.encode()
                    assert len(text) <= 8_000


@given(st.binary(max_size=300))
@settings(max_examples=80, deadline=None)
def test_any_bytes(data: bytes) -> None:
    _read(data)


@given(st.sampled_from(FILES), st.data())
@settings(max_examples=80, deadline=None)
def test_samples_with_damage(name: str, data: st.DataObject) -> None:
    content = bytearray(sample(name))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.sampled_from([b"", b'"', b",", b"\n", b"{", b"]", b"\0", b"\xff", b"\\ud800", b"9" * 400]))
        content[place : place + data.draw(st.integers(0, 8))] = piece
    _read(bytes(content))


_CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from([
        "1.41556E+10", "9E99", "+1E1", "…", "0001-01-01T00:00:00Z", "9999-12-31 23:59:59", "-99999999", "1e400", "NaN",
        "'=cmd|' /C calc'!A0", "\ud800", "\x00", "2026-02-30 00:00", "inbound", "outbound", "delivered", "received",
        "x" * 10_000, "https://[::1", "https://a/\ud800", "99999999999999999999999", "+99999999999999999",
    ]),
)  # fmt: skip


@given(st.sampled_from(SHAPES), st.data())
@settings(max_examples=80, deadline=None)
def test_any_value_in_any_column(shape, data: st.DataObject) -> None:
    names = sorted(shape.needs | {name for names in shape.columns.values() for name in names if "*" not in name})
    rows = [{name: data.draw(_CELLS) for name in names} for _ in range(data.draw(st.integers(1, 3)))]
    found = _read(json.dumps(rows).encode())
    assert len(found) <= 2 * len(rows)


def test_a_bomb_costs_no_more_than_the_limit() -> None:
    bomb = gzip.compress(b"a,b\n" + b"0" * 150_000_000, 1)
    with pytest.raises(UnreadableRecords, match="more than 100 MB"):
        opened(bomb)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("a", b"a,b\n" + b"0" * 150_000_000)
    with pytest.raises(UnreadableRecords, match="more than 100 MB"):
        opened(file.getvalue())


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b'[{"a":' + b"[" * 500_000,
        b'[{"a": "' + b"x" * 3_000_000,
        b"a,b\n" + b'"' * 1_999_999,
        b"a" + b",a" * 200_000 + b"\n1",
        b"a,b\n" + b"1," * 2_000_000,
        b"\n" * 200_000,
        b"a,b\r" + b"\r\n" * 100_000 + b"1,2",
        b"\x1e" * 2_000_000 + b"{}",
        b"[" + b"{}," * 20_000 + b"{}]",
        b'{"messages": [' + b"1," * 200_000 + b"{}]}",
    ],
    ids=range(12),
)
def test_large_and_wrong(data: bytes) -> None:
    assert len(_read(data)) <= 1


def test_many_rows_of_one_time_and_party_without_an_id_are_compared_quickly() -> None:
    messages = [seen(n, 0, None, text="x") for n in range(5_000)]
    records = [inbound(n, 0, None, text="x") for n in range(5_000)]
    assert {result.verdict.value for result in compare(messages, records).results()} == {"ambiguous"}
    vague = [inbound(n, 0, None, text="x", sender="+141556…", vague=True) for n in range(5_000)]
    assert {result.verdict.value for result in compare(messages, vague).results()} == {"ambiguous"}
