"""`smsbin backup FILE`: a consistent copy while the server runs. Reads only, and needs no lock."""

from pathlib import Path

import click

from ..errors import CannotStart
from .database import given_database, refuse_backup, with_database

_PAGES_WORTH_TELLING = 20_000


@click.command("backup", short_help="Copy the database into one file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--data-dir", envvar="SMSBIN_DATA_DIR", show_envvar=True, default="./data", show_default=True,
    type=click.Path(file_okay=False, path_type=Path), help="Directory of the database.",
)  # fmt: skip
@with_database
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def command(file: Path, data_dir: Path, database: str | None, database_file: str | None, force: bool) -> None:
    """Copy log.db, from which everything else is built, and the results of reconciliations into FILE: a checked, synced
    snapshot with mode 0600.

    The server may run meanwhile. A plain copy of a live database file misses the contents of its write-ahead log;
    this command does not. The access token is not included.

    A PostgreSQL database is copied by pg_dump instead; this command then prints the line to use.
    """
    from ..storage.sqlite.copying import back_up
    from ..storage.sqlite.kept_results import RESULTS, add_results

    url = given_database(database, database_file)
    if url is not None:
        raise refuse_backup(url, file)
    log = data_dir / "log.db"
    if not log.exists():
        raise CannotStart(f"There is no log at {log}. Give the --data-dir of the server.")
    if file.exists() and not force:
        raise CannotStart(f"{file} already exists. Give another name, or use --force.")
    back_up(log, file, _print_progress, lambda part: add_results(part, data_dir / RESULTS))
    click.echo(f"{file}: {file.stat().st_size:,} bytes, checked", err=True)


def _print_progress(done: int, total: int) -> None:
    if total > _PAGES_WORTH_TELLING:
        click.echo(f"\r{100 * done // total} %", nl=done == total, err=True)
