"""`smsbin restore FILE`: replaces the database by a backup. The server must be stopped."""

import asyncio
from pathlib import Path

import click

from .. import clock
from ..errors import CannotStart
from .database import given_database, refuse_restore, with_database


@click.command("restore", short_help="Replace the database with a backup.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--data-dir", envvar="SMSBIN_DATA_DIR", show_envvar=True, default="./data", show_default=True,
    type=click.Path(file_okay=False, path_type=Path), help="Directory of the database.",
)  # fmt: skip
@with_database
@click.option("--replace", is_flag=True, help="Delete the current database instead of keeping a copy.")
@click.option("--verify", is_flag=True, help="Only check FILE; change nothing.")
def command(
    file: Path, data_dir: Path, database: str | None, database_file: str | None, replace: bool, verify: bool
) -> None:
    """Replace the database with a copy of FILE, which `smsbin backup` wrote.

    FILE is checked before anything is changed, and its copy before it replaces the database. The previous database,
    and the results of reconciliations that are there, are kept under names that are printed. A backup of an
    older version is upgraded, and the next start parses every capture again. The server must be stopped; the access
    token does not change.

    A PostgreSQL database is restored by pg_restore instead; this command then prints the line to use.

    \b
    Examples:
      smsbin restore --verify smsbin-2026-11-24.db
      smsbin restore smsbin-2026-11-24.db --data-dir /var/lib/smsbin
    """
    from ..storage.sqlite.checking import check_log
    from ..storage.sqlite.restoring import restore

    if not file.exists():
        raise CannotStart(f"There is no file {file}.")
    if verify:
        click.echo(f"{file} is valid: {check_log(file)}.", err=True)
        return
    url = given_database(database, database_file)
    if url is not None:
        raise refuse_restore(url, file)
    log = data_dir / "log.db"
    if log.exists() and file.samefile(log):
        raise click.UsageError(f"{file} is the log itself.")
    done = asyncio.run(restore(file, log, clock.now(), replace=replace))
    click.echo(f"{log} was restored from {file}: {done.contents}.", err=True)
    if done.aside:
        click.echo(f"The previous database is {done.aside}. Delete it when you no longer need it.", err=True)
