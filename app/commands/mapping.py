"""`smsbin mapping`: get, set and remove the field mapping of a bin of a running server."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from .client import connect, in_path, with_server
from .picking import bin_option
from .terminal import as_json as json_line
from .terminal import print_line, visible

_json = click.option("--json", "as_json", is_flag=True, help="JSON Lines: the mapping in one line.")


@click.group("mapping", short_help="Get, set and remove the field mapping of a bin.")
def command() -> None:
    """The field mapping of a bin: where the requests of a provider without a data sheet have their values.

    A mapping is a JSON file; the guide describes it under "Teach smsbin your provider".
    """


@command.command("get")
@bin_option
@_json
@with_server
def get(bin: str | None, as_json: bool, **server: Any) -> int:
    """Print the mapping. Returns 1 if the bin has none."""
    client = connect(**server)
    found = client.find_bin(bin)
    mapping = client.get(_path(found))["mapping"]
    if mapping is None:
        click.echo(f"{visible(found['name'])} has no mapping.", err=True)
        return 1
    _print(mapping, as_json=as_json)
    return 0


@command.command("set")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@bin_option
@_json
@with_server
def set_(file: str, bin: str | None, as_json: bool, **server: Any) -> None:
    """Set the mapping from FILE (- is stdin). All captures of the bin are parsed again."""
    mapping = _read(file)
    client = connect(**server)
    found = client.find_bin(bin)
    saved = client.send("PUT", _path(found), mapping)["mapping"]
    if as_json:
        _print(saved, as_json=True)
    click.echo(f"{visible(found['name'])} is parsed by the mapping {visible(saved['name'])}.", err=True)


@command.command("remove")
@bin_option
@_json
@with_server
def remove(bin: str | None, as_json: bool, **server: Any) -> None:
    """Remove the mapping. All captures of the bin are parsed again."""
    client = connect(**server)
    found = client.find_bin(bin)
    client.send("DELETE", _path(found))
    if as_json:
        print_line("null")
    click.echo(f"{visible(found['name'])} has no mapping now.", err=True)


def _path(bin: dict[str, Any]) -> str:
    return f"/bins/{in_path(bin['id'])}/mapping"


def _read(file: str) -> Any:
    try:
        return json.loads(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{'stdin' if file == '-' else file} is not JSON: {error}.") from None


def _print(mapping: Any, *, as_json: bool) -> None:
    print_line(json_line(mapping) if as_json else json.dumps(mapping, ensure_ascii=True, indent=2))
