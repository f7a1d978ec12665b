"""`smsbin migrate --to ...`: moves the log from SQLite to PostgreSQL, or back. No server may run."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Invalid
from ..settings import all_settings, parse_database, read_settings
from ..storage.postgres.addresses import read_address
from .serve import PASSWORD_SHOWN

if TYPE_CHECKING:
    from ..storage.moving import Moved

_MOST_SHOWN = 10
_SETTINGS = ("database", "database_file")


@click.command("migrate", short_help="Move everything to PostgreSQL, or back to SQLite.")
@click.option(
    "--to", required=True, metavar="TARGET",
    help='"postgresql": the database of SMSBIN_DATABASE or SMSBIN_DATABASE_FILE; the URL of one; or "sqlite".',
)  # fmt: skip
@click.option(
    "--data-dir", envvar="SMSBIN_DATA_DIR", show_envvar=True, default="./data", show_default=True,
    type=click.Path(file_okay=False, path_type=Path), help="Directory of the SQLite database.",
)  # fmt: skip
@click.option("--resume", is_flag=True, help="Continue a move that was interrupted.")
@click.option("--restart", is_flag=True, help="Delete what an interrupted move has copied, and begin again.")
def command(to: str, data_dir: Path, resume: bool, restart: bool) -> None:
    """Copy everything that smsbin has stored from SQLite to a PostgreSQL database, or back. The source stays as it is.

    Stop all servers first. The target must be empty. Every row is compared after it was copied, and every body with
    its checksum; a server uses the target only after that. The derived data is not copied: the first start
    rebuilds it. The results of reconciliations and the access token stay in the data directory.

    If the command is interrupted, start it again with --resume.

    \b
    Examples:
      SMSBIN_DATABASE_FILE=/etc/smsbin/database smsbin migrate --to postgresql --data-dir /var/lib/smsbin
      SMSBIN_DATABASE_FILE=/etc/smsbin/database smsbin migrate --to sqlite --data-dir /var/lib/smsbin-2
    """
    if resume and restart:
        raise click.UsageError("Give --resume or --restart, not both.")
    url = _database_url(to)
    asyncio.run(_migrate(url, data_dir, to_sqlite=to == "sqlite", resume=resume, restart=restart))


def _database_url(to: str) -> str:
    """The URL of the database at one of the two ends. Raises Invalid, CannotStart, UsageError."""
    from ..services.database import database_url

    if to in ("sqlite", "postgresql"):
        knobs = [knob for knob in all_settings() if knob.name in _SETTINGS and knob.variable in os.environ]
        url = database_url(read_settings({knob.name: os.environ[knob.variable] for knob in knobs}))
    else:
        url = _given_target(to)
    if url is None:
        raise click.UsageError("Set SMSBIN_DATABASE or SMSBIN_DATABASE_FILE to the URL of the PostgreSQL database.")
    return url


def _given_target(text: str) -> str | None:
    try:
        url = parse_database(text)
    except ValueError as error:
        raise Invalid(("--to", f"{error}, postgresql, or sqlite")) from None
    if url and read_address(url).has_password:
        click.echo(PASSWORD_SHOWN.replace("--database", "--to"), err=True)
    return url


async def _migrate(url: str, data_dir: Path, *, to_sqlite: bool, resume: bool, restart: bool) -> None:
    from ..storage.lock import lock_directory
    from ..storage.moving import move
    from ..storage.opening import open_move

    lock = await lock_directory(data_dir)
    try:
        with open_move(url, data_dir, to_sqlite=to_sqlite) as (source, target, tables):
            click.echo(f"From {source.name} to {target.name}.", err=True)
            moved = move(source, target, tables, _report, resume=resume, restart=restart)
            _print_result(moved, target.name, to_sqlite=to_sqlite)
    finally:
        os.close(lock)


def _report(what: str, table: str, done: int, total: int) -> None:
    click.echo(f"{table}: {done:,} of {total:,} rows {what}", err=True)


def _print_result(moved: "Moved", target: str, *, to_sqlite: bool) -> None:
    if moved.was_complete:
        click.echo(f"{target} has this log already; nothing was changed.", err=True)
        return
    click.echo(f"{moved.rows:,} rows were copied, and are equal.", err=True)
    if moved.damaged:
        shown = ", ".join(f"#{n} of bin {bin}" for bin, n in moved.damaged[:_MOST_SHOWN])
        click.echo(f"{len(moved.damaged):,} bodies differ from their checksum, as before: {shown}", err=True)
    start = "without --database" if to_sqlite else "with --database, and the same access token on each"
    click.echo(f"{target} is complete. Start the servers {start}.", err=True)
