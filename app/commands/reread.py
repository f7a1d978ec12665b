"""`smsbin reread`: everything that was understood, understood again from the bytes. Needs the server stopped."""

import asyncio
from pathlib import Path

import click

from ..domain.bins import Bin
from ..errors import CannotStart

_EVERY = 5_000


@click.command("reread", short_help="Read every capture again.")
@click.option(
    "--data-dir", envvar="SMSBIN_DATA_DIR", show_envvar=True, default="./data", show_default=True,
    type=click.Path(file_okay=False, path_type=Path), help="Directory of the database.",
)  # fmt: skip
def command(data_dir: Path) -> None:
    """Read every capture again: provider, events, findings, messages, timelines and search words, from the bytes.

    For after an upgrade that reads better, or when a bin's provider was set late. Numbers, bytes and outcomes stay as
    they are. The server must be stopped. Each bin is rebuilt whole or not at all: it may be interrupted and run again.
    """
    database = data_dir / "smsbin.db"
    if not database.exists():
        raise CannotStart(f"There is no database at {database}. Give the server's --data-dir.")
    done, bins = asyncio.run(_reread(database))
    click.echo(f"{done:,} captures in {bins:,} {'bin' if bins == 1 else 'bins'} are read again.", err=True)


async def _reread(database: Path) -> tuple[int, int]:
    from ..services.rereading import reread_all
    from ..storage import open_store

    seen: dict[str, int] = {}

    def tell(bin: Bin, done: int) -> None:
        before = seen.get(bin.id, 0)
        seen[bin.id] = done
        if done // _EVERY > before // _EVERY:
            click.echo(f"{bin.name}: {done:,} of {bin.captures:,} captures", err=True)

    async with open_store(database) as store:
        done = await reread_all(store, tell)
    return done, len(seen)
