"""`smsbin reread`: parses all captures again, with or without a running server."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import clock
from ..errors import CannotStart
from .client import Client, bin_argument, connect, in_path, with_server
from .database import given_database, with_database
from .terminal import visible

if TYPE_CHECKING:
    from ..domain.bins import Bin
    from ..store import Store

_EVERY_S = 0.5
_PAGE = 500
_REPORT_EVERY = 10_000


@click.command("reread", short_help="Parse every capture again.")
@bin_argument
@with_server
@with_database
def command(bin: str | None, database: str | None, database_file: str | None, **server: Any) -> None:
    """Parse every capture of BIN again from its bytes, or of all bins without BIN: provider, events, findings,
    messages, timelines and search words.

    Use it after you change the provider of a bin. After an upgrade with a new parser, smsbin does it automatically.
    Numbers, bytes and outcomes do not change. A running server shows the earlier results until a bin is done. If the
    server is interrupted, it continues automatically.

    Without a running server, this command opens the data directory itself. With a PostgreSQL database a server must
    run, because only the servers have all settings.
    """
    from ..storage.lock import holder_of

    folder = Path(server["data_dir"])
    is_postgresql = given_database(database, database_file) is not None
    if is_postgresql or server["url"] is not None or (folder.exists() and holder_of(folder) is not None):
        _reread_on_server(connect(**server), bin)
    elif (folder / "log.db").exists():
        asyncio.run(_reread_locally(folder, bin))
    else:
        raise CannotStart(f"There is no log at {folder / 'log.db'}. Give the --data-dir or --url of the server.")


def _reread_on_server(client: Client, wanted: str | None) -> None:
    bins = [client.find_bin(wanted)] if wanted is not None else list(client.every("/bins"))
    for each in bins:
        path = f"/bins/{in_path(each['id'])}/reread"
        progress = _RereadProgress(each["name"])
        state = client.send("POST", path)
        while state["state"] == "reading":
            progress.report(state["done"], state["total"])
            clock.pause(_EVERY_S)
            state = client.get(path)
        progress.end()


async def _reread_locally(folder: Path, wanted: str | None) -> None:
    from ..services.reader_context import context_of
    from ..settings import all_settings, read_settings
    from ..storage.opening import open_store

    # As the server will have them, so that it does not parse the bins with secrets once more.
    needed = ("secrets_key", "secrets_key_file", "public_url")
    knobs = [knob for knob in all_settings() if knob.name in needed and knob.variable in os.environ]
    given: dict[str, str] = {knob.name: os.environ[knob.variable] for knob in knobs}
    async with open_store(folder, context_of(read_settings(given))) as store:
        bins = [each for each in await _all_bins(store) if wanted in (None, each.id, each.name)]
        if wanted is not None and len(bins) != 1:
            raise click.UsageError(f"There is no bin {wanted}, or more than one; choose it by its id.")
        for each in bins:
            progress = _RereadProgress(each.name)
            await store.reread(each.id)
            while (state := await store.rereading(each.id)).state != "ok":
                progress.report(state.done, state.total)
                await asyncio.sleep(_EVERY_S)
            progress.end()


async def _all_bins(store: "Store") -> list["Bin"]:
    bins: list[Bin] = []
    while page := await store.list_bins(limit=_PAGE, before=bins[-1].id if bins else None):
        bins += page
    return bins


class _RereadProgress:
    """One line for each bin, and more lines while it takes long."""

    def __init__(self, name: str) -> None:
        self._name = visible(name)
        self._reported = 0

    def report(self, done: int, total: int) -> None:
        if done // _REPORT_EVERY > self._reported // _REPORT_EVERY:
            self._reported = done
            click.echo(f"{self._name}: {done:,} of {total:,} captures", err=True)

    def end(self) -> None:
        click.echo(f"{self._name}: all captures are parsed again.", err=True)
