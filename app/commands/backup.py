"""`smsbin backup FILE`: a consistent copy while the server runs. Read-only, needs no lock."""

import sqlite3
from contextlib import closing
from pathlib import Path

import click

from ..errors import CannotStart


@click.command("backup", short_help="Copy the database into one file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--data-dir", envvar="SMSBIN_DATA_DIR", show_envvar=True, default="./data", show_default=True,
    type=click.Path(file_okay=False, path_type=Path), help="Directory of the database.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace FILE when it is there.")
def command(file: Path, data_dir: Path, force: bool) -> None:
    """Copy the database into FILE: complete, checked, mode 0600. A server may run meanwhile.

    A plain copy of a live database file misses what stands in its write-ahead log; this does not.
    The access token is not part of it.
    """
    database = data_dir / "smsbin.db"
    if not database.exists():
        raise CannotStart(f"There is no database at {database}. Give the server's --data-dir.")
    if file.exists() and not force:
        raise CannotStart(f"{file} is there already. Give another name, or --force.")
    part = file.with_name(file.name + ".part")
    try:
        _copy(database, part)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise CannotStart(f"The backup failed: {error}") from None
    part.replace(file)
    click.echo(f"{file}: {file.stat().st_size:,} bytes, checked", err=True)


def _copy(database: Path, part: Path) -> None:
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(part)) as target,
    ):
        source.backup(target, pages=1_000, progress=_progress)
        target.execute("pragma journal_mode = delete")
        verdict = target.execute("pragma integrity_check").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"the copy is not sound: {verdict}")


def _progress(status: int, left: int, total: int) -> None:  # noqa: ARG001
    if total > 20_000:
        click.echo(f"\r{100 * (total - left) // total} %", nl=left == 0, err=True)
