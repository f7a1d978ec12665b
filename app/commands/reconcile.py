"""`smsbin reconcile FILE`: compares the file in which a provider lists its messages with a bin."""

import gzip
import io
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from csv import DictReader
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from .. import __version__, clock
from ..domain.reconciliation.mapping import RecordMapping
from ..domain.reconciliation.records import Record
from ..domain.reconciliation.verdicts import LOST, REASON_WORDS, VERDICT_WORDS, RecordReason, RecordVerdict
from ..errors import CannotStart, Invalid
from ..export import About, csv
from ..export.own_columns import OWN, own_columns
from ..files import new_file
from ..records.files import open_records
from ..records.picking import own_cells
from .client import CHUNK, Client, complete_bins, connect, in_path, with_server
from .terminal import visible

POLL_S = 0.4
_FAILS = tuple(verdict.value for verdict in LOST)


@click.command("reconcile", short_help="Compare a provider's own list of messages with a bin.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--bin",
    "bin",
    envvar="SMSBIN_BIN",
    default=None,
    metavar="BIN",
    shell_complete=complete_bins,
    help="Bin to compare with (id or name); optional if there is only one.",
)
@click.option(
    "--zone",
    default=None,
    metavar="ZONE",
    help="Of times without a zone: UTC, +02:00, Europe/Berlin.  [default: estimated]",
)
@click.option(
    "--map",
    "mapping",
    default=None,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="JSON",
    help="File that says what the columns are, if they are not known; remembered with the bin.",
)
@click.option(
    "--fail-on",
    default=",".join(_FAILS),
    show_default=True,
    metavar="VERDICTS",
    help="Verdicts with which the exit code is 1, comma-separated, or none.",
)
@click.option(
    "--export",
    "export",
    default=None,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="CSV",
    help="Write all records with the file's own columns, and verdict, reason and captures.",
)
@click.option("--keep-rows", is_flag=True, help="Keep the rows of lost messages on the server, with their texts.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object on stdout.")
@with_server
def command(
    file: Path,
    bin: str | None,
    zone: str | None,
    mapping: Path | None,
    fail_on: str,
    export: Path | None,
    keep_rows: bool,
    as_json: bool,
    **server: Any,
) -> None:
    """Compare FILE, in which your provider lists its messages, with what arrived at a bin: did we lose any?

    FILE is the export of the provider's portal or the answer of its API: CSV, TSV, JSON or JSON Lines, also as gzip or
    as a zip archive with one member. Its provider is recognised by the columns. The server compares it and keeps ids,
    numbers, times, statuses and a keyed hash of each text; the file itself is deleted after 15 minutes. The same file
    may be compared any number of times: it has one result.

    A message is only called lost if the bin could have received it: what is before the bin, deleted by the retention,
    of another number, or younger than a few minutes is counted apart.

    \b
    Examples:
      smsbin reconcile messages.csv
      smsbin reconcile log.json.gz --bin ci --fail-on no_webhook
      smsbin reconcile export.csv --zone Europe/Berlin --export checked.csv

    \b
    Verdicts:
      lost:        no_webhook, no_callback, no_final
      arrived:     seen, seen_by_fallback, late, duplicate, status_differs,
                   text_differs, price_differs, segments_differ
      not counted: only_here, ambiguous, too_early, outside_scope

    Exit codes: 0 no record has a verdict of --fail-on, 1 some have, 2 the file cannot be compared, or wrong usage,
    3 the server cannot be reached.
    """
    fails = _verdicts(fail_on)
    own = _read_mapping(mapping)
    client = connect(**server)
    found = client.find_bin(bin)
    path = f"/bins/{in_path(found['id'])}/reconciliations"
    query = {
        "file": file.name, "zone": zone, "keep_rows": "1" if keep_rows else None,
        "mapping": None if own is None else msgspec.json.encode(own).decode(),
    }  # fmt: skip
    with _packed(file) as (body, size):
        made = client.upload(path, body, size, query)
    made = _follow(client, f"{path}/{made['id']}", made)
    if export is not None:
        _export(client, f"{path}/{made['id']}", file, own or _stored_mapping(client, found["id"]), export)
    figures = made["result"]
    bad = sum(figures["verdicts"].get(verdict, 0) for verdict in fails)
    if as_json:
        click.echo(msgspec.json.encode(made).decode())
    else:
        _print(made)
    sys.exit(1 if bad else 0)


def _verdicts(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip() and name.strip() != "none"]
    for name in names:
        if name not in set(RecordVerdict):
            raise click.UsageError(f"--fail-on {name} is not a verdict; write some of {', '.join(RecordVerdict)}")
    return names


def _read_mapping(path: Path | None) -> RecordMapping | None:
    if path is None:
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=RecordMapping)
    except (OSError, msgspec.DecodeError, ValueError) as error:
        raise Invalid((str(path), f"is not a record mapping: {error}")) from None


def _stored_mapping(client: Client, bin_id: str) -> RecordMapping | None:
    found = client.get(f"/bins/{in_path(bin_id)}/record-mapping")["mapping"]
    return None if found is None else msgspec.convert(found, RecordMapping)


@contextmanager
def _packed(file: Path) -> Iterator[tuple[BinaryIO, int]]:
    """The file as it is sent, with its size: compressed, unless it is an archive."""
    try:
        with file.open("rb") as source:
            is_packed = source.read(4).startswith((b"\x1f\x8b", b"PK"))
            source.seek(0)
            if is_packed:
                yield source, file.stat().st_size
                return
            with tempfile.TemporaryFile() as packed:
                with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as writer:
                    while chunk := source.read(CHUNK):
                        writer.write(chunk)
                size = packed.tell()
                packed.seek(0)
                yield packed, size
    except OSError as error:
        raise CannotStart(f"{file} cannot be read: {error.strerror or error}.") from None


def _follow(client: Client, path: str, made: dict[str, Any]) -> dict[str, Any]:
    """The finished reconciliation. Raises Invalid with the reason why the file cannot be compared."""
    shows = sys.stderr.isatty()
    while made["state"] in ("waiting", "reading", "comparing", "saving"):
        if shows:
            click.echo(f"\r\x1b[K{_progress(made)}", nl=False, err=True)
        clock.pause(POLL_S)
        made = client.get(path)
    if shows:
        click.echo("\r\x1b[K", nl=False, err=True)
    if made["state"] == "needs_columns":
        cure = "Write them into a file for --map, or choose them on the page of the bin."
        raise Invalid((made["file"], f"cannot be compared: {made['problem']} {cure}"))
    if made["state"] != "done":
        raise Invalid((made["file"], made["problem"] or "the comparison was canceled"))
    return made


def _progress(made: dict[str, Any]) -> str:
    if not made["total"]:
        return f"{made['state']} … {made['done']:,}" if made["done"] else f"{made['state']} …"
    return f"{made['state']} … {100 * made['done'] // made['total']} %"


def _print(made: dict[str, Any]) -> None:
    """The result for people."""
    figures = made["result"]
    click.echo(visible(f"{made['file']}: {made['title']}, {made['because']}."), err=True)
    offset = figures["zone_offset_s"]
    if offset is not None:
        sign, minutes = "-" if offset < 0 else "+", abs(offset) // 60
        rows = figures["zone_estimated_from"]
        how = f"estimated from {rows:,} messages" if rows else "assumed"
        click.echo(f"Its times are in UTC{sign}{minutes // 60:02}:{minutes % 60:02} ({how}; --zone sets it).", err=True)
    click.echo(figures["sentence"])
    for verdict, count in figures["verdicts"].items():
        click.echo(f"  {count:>9,}  {verdict:<17} {VERDICT_WORDS[RecordVerdict(verdict)].title}")
    for reason, count in figures["reasons"].items():
        click.echo(f"  {count:>9,}  {reason:<17} {REASON_WORDS[RecordReason(reason)].title}")


def _export(client: Client, path: str, file: Path, mapping: RecordMapping | None, target: Path) -> None:
    """Write the records with the file's own columns."""
    try:
        with file.open("rb") as source, new_file(target) as out:
            records = open_records(source, mapping)
            columns = [*own_columns(records.columns), *OWN]
            about = About(columns=columns, version=__version__, origin="")
            out.write(csv.begin(about))
            entries = (entry for entry in records.entries() if isinstance(entry, Record))
            for entry, result in zip(entries, _results(client, path), strict=False):
                if (str(entry.row), str(entry.part)) != (result["row"], result["part"]):
                    raise CannotStart(f"{file} has changed since it was compared.")
                cells = own_cells(records.columns, entry.original)
                captures = " ".join(map(str, json.loads(result["captures"])))
                own = (result["verdict"], result["reason"] or None, captures)
                out.write(csv.row(about, dict(zip(columns, (*cells, *own), strict=True))))
    except OSError as error:
        raise CannotStart(f"{target} cannot be written: {error.strerror or error}.") from None
    click.echo(f"{target}: {target.stat().st_size:,} bytes", err=True)


def _results(client: Client, path: str) -> Iterator[dict[str, str]]:
    """The result of each record, in the order of the file."""
    lines = io.TextIOWrapper(io.BufferedReader(_Pieces(client.chunks(f"{path}/export"))), "utf-8", newline="")
    yield from (row for row in DictReader(lines) if row["row"] != "0")


class _Pieces(io.RawIOBase):
    """A response as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        self._left = self._left or next(self._chunks, b"")
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)
