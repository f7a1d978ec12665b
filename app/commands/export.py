"""`smsbin export [BIN]`: captures or messages of a bin of any size, into a file or a pipe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ..errors import CannotStart
from ..export import EXPORTERS, WHATS
from ..files import new_file
from .client import bin_argument, connect, in_path, with_server, write_out


@click.command("export", short_help="Export captures or messages to a file.")
@bin_argument
@click.option("--of", type=click.Choice(WHATS), default="captures", show_default=True, help="What to export.")
@click.option(
    "--format", "form", type=click.Choice(list(EXPORTERS)), default=None,
    help="File format.  [default: from the file name, else jsonl]",
)  # fmt: skip
@click.option("-q", "--q", "--match", "query", default=None, metavar="EXPR", help="Only items that match the filter.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), default=None,
    help="File to write; it appears when it is complete.  [default: stdout]",
)  # fmt: skip
@click.option(
    "--unmasked", is_flag=True, help="With the values that the bin masks, and with those of headers with credentials.",
)  # fmt: skip
@with_server
def command(
    bin: str | None, of: str, form: str | None, query: str | None, output: Path | None, *, unmasked: bool, **server: Any
) -> None:
    """Write the captures or messages of BIN, oldest first, as CSV, JSON Lines or HAR.

    BIN is an id or a unique name; optional if there is only one bin. jsonl is the lossless format; in csv, a cell
    that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    suffix = "" if output is None else output.suffix.lstrip(".")
    form = form or (suffix if suffix in EXPORTERS else "jsonl")
    client = connect(**server)
    found = client.find_bin(bin)
    mask = "false" if unmasked else None
    chunks = client.chunks(f"/bins/{in_path(found['id'])}/export", of=of, format=form, q=query, mask=mask)
    if output is None or str(output) == "-":
        write_out(chunks)
    else:
        _write_file(output, chunks)


def _write_file(path: Path, chunks: Iterator[bytes]) -> None:
    """The file appears when it is complete. It is readable for its owner only, as it has other people's messages."""
    try:
        with new_file(path) as file:
            for chunk in chunks:
                file.write(chunk)
    except OSError as error:
        raise CannotStart(f"{path} cannot be written: {error.strerror or error}.") from None
    click.echo(f"{path}: {path.stat().st_size:,} bytes", err=True)
