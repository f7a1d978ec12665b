"""Checks of this machine, with or without a running server. Nothing is changed."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from ...domain.units import size_text
from ...errors import CannotStart, Invalid
from ...port import listen
from ...services.database import check_token_is_given, database_url
from ...services.reader_context import context_of
from ...services.token_file import others_can_open
from ...services.upkeep.disk import DiskSpace
from ...settings import Settings, all_settings, read_settings, unknown_variables
from ...signatures.sealing import CannotOpen, is_sealed, unseal
from ...storage.lock import holder_of, locks_work
from ...storage.sqlite.archive import results_in
from ...storage.sqlite.checking import check_bodies, check_ledger, check_log, stored_secrets, try_out
from ...storage.sqlite.kept_results import RESULTS
from ...storage.sqlite.log_file import is_wal_alone
from ...storage.sqlite.migrate import newest
from ...storage.sqlite.result_files import check_result
from ...storage.transaction import DatabaseError
from .database import CHECKS as DATABASE_CHECKS
from .database import check_database, checking
from .results import CheckResult, ok, skipped, warning, wrong

# Damaged bodies that are listed.
_NAMED = 5
_LOCAL = ("data directory", "file locks", "disk", "log", "secrets", "ledger", "reconciliations", "port")
_ON_POSTGRESQL = ("data directory", *DATABASE_CHECKS, "secrets", "reconciliations", "port")


def settings_of(environ: Mapping[str, str], flags: dict[str, str]) -> tuple[Settings, list[CheckResult]]:
    """The settings as `serve` reads them. Invalid ones are reported and keep their defaults."""
    values = {knob.name: environ[knob.variable] for knob in all_settings() if knob.variable in environ} | flags
    problems = unknown_variables(environ)
    try:
        settings = read_settings(values)
    except Invalid as error:
        problems += error.problems
        bad = {name for name, _ in error.problems}
        settings = read_settings(
            {
                knob.name: values[knob.name]
                for knob in all_settings()
                if knob.name in values and knob.variable not in bad
            }
        )
    lines = [wrong("settings", f"{name} {message}", f"Correct or unset {name}.") for name, message in problems]
    count = sum(1 for knob in all_settings() if knob.variable in environ)
    return settings, lines or [
        ok("settings", f"{count} of {len(all_settings())} settings are set by variables; all are valid")
    ]


def check_machine(settings: Settings, *, deep: bool) -> Iterator[CheckResult]:
    """The data directory and its content; `deep`: every page and every body."""
    folder = settings.data_dir
    if settings.uses_postgresql:
        yield from _check_postgresql(settings, deep=deep)
        return
    if not folder.exists():
        yield from _without_a_directory(folder)
        return
    yield _directory(folder)
    if not os.access(folder, os.W_OK):
        return
    yield _locks(folder)
    yield _disk(folder)
    yield _log(settings.log, deep=deep)
    if deep and settings.log.exists():
        yield _bodies(lambda: check_bodies(settings.log))
    yield _secrets(settings, lambda: stored_secrets(settings.log) if settings.log.exists() else [])
    yield _ledger(settings.ledger)
    yield _reconciliations(folder / RESULTS)


def _check_postgresql(settings: Settings, *, deep: bool) -> Iterator[CheckResult]:
    """The data directory, which has the results of reconciliations only, and the database."""
    folder = settings.data_dir
    yield _directory(folder, is_locked=False) if folder.exists() else next(_without_a_directory(folder))
    try:
        check_token_is_given(settings)
        url = database_url(settings)
    except CannotStart as error:
        yield wrong("settings", str(error), "Set it for each server.")
        return
    assert url is not None, "the settings have one"
    yield from check_database(url)
    if deep:
        yield _bodies(lambda: checking().check_stored_bodies(url))
    yield _secrets(settings, lambda: checking().read_stored_secrets(url))
    yield _reconciliations(folder / RESULTS)


def check_port(settings: Settings, *, is_ours: bool) -> CheckResult:
    """Whether the port is free, or used by this server."""
    if is_ours:
        return ok("port", f"{settings.port} is used by this smsbin")
    try:
        with closing(listen(settings)):
            return ok("port", f"{settings.port} is free")
    except CannotStart as error:
        return wrong("port", f"{settings.host}:{settings.port} is not available", str(error))


def _without_a_directory(folder: Path) -> Iterator[CheckResult]:
    above = next(parent for parent in folder.absolute().parents if parent.exists())
    if not os.access(above, os.W_OK):
        cure = "Give another --data-dir, or make it writable for this user."
        yield wrong("data directory", f"{folder} does not exist, and {above} is not writable", cure)
        return
    yield ok("data directory", f"{folder} does not exist yet; the first start creates it")
    yield _disk(above)


def _directory(folder: Path, *, is_locked: bool = True) -> CheckResult:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        cure = "Make it writable for this user, or give another --data-dir."
        return wrong("data directory", f"{folder} is not writable: {error.strerror}", cure)
    token = folder / "access-token"
    if token.exists() and others_can_open(token):
        return warning("data directory", f"others can read {token}", f"chmod 600 {token}")
    if not is_locked:
        return ok("data directory", f"{folder} is writable; it has the results of reconciliations only")
    holder = holder_of(folder)
    used = (
        "no process uses it" if holder is None else "a running smsbin uses it" + (f" (process {holder})" * bool(holder))
    )
    return ok("data directory", f"{folder} is writable; {used}")


def _locks(folder: Path) -> CheckResult:
    cure = "Put the data directory on a local disk: file locks often do not work on network file systems."
    try:
        if not locks_work(folder):
            return wrong("file locks", f"a lock in {folder} does not exclude other processes", cure)
        try_out(folder)
    except (OSError, CannotStart) as error:
        return wrong("file locks", f"locks and a write-ahead log do not work in {folder}: {error}", cure)
    return ok("file locks", "locks exclude other processes, and SQLite can use its write-ahead log")


def _disk(folder: Path) -> CheckResult:
    found = os.statvfs(folder)
    space = DiskSpace(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)
    told = f"{size_text(space.free)} of {size_text(space.total)} are free"
    if space.low:
        return wrong(
            "disk", told, "Free some space, or shorten the retention; on a full disk, requests are answered 503."
        )
    return ok("disk", told)


def _log(log: Path, *, deep: bool) -> CheckResult:
    if is_wal_alone(log):
        cure = f"Put {log.name} back, or remove {log.name}-wal to begin an empty log."
        return wrong("log", f"{log} is missing, and {log.name}-wal next to it can hold requests", cure)
    if not log.exists():
        older = log.with_name("smsbin.db")
        if older.exists():
            cure = "Move it away to start empty, or give another --data-dir."
            return wrong("log", f"{older} was written by an older smsbin, which this one cannot read", cure)
        return ok("log", f"{log} does not exist yet; the first start creates it")
    try:
        contents = check_log(log, quick=not deep)
    except CannotStart as error:
        return wrong("log", str(error), "If you cannot fix it, run smsbin restore with your last backup.")
    told = f"valid: {contents}"
    if contents.version < newest():
        return warning("log", told, f"The next start upgrades it to version {newest()}; make a backup first.")
    return ok("log", told)


def _bodies(read: Callable[[], list[tuple[str, int]]]) -> CheckResult:
    try:
        damaged = read()
    except (CannotStart, DatabaseError) as error:
        return wrong("bodies", str(error), "If you cannot fix it, run smsbin restore with your last backup.")
    if not damaged:
        return ok("bodies", "each matches its SHA-256")
    named = ", ".join(f"{bin} #{n}" for bin, n in damaged[:_NAMED])
    more = f" and {len(damaged) - _NAMED:,} more" if len(damaged) > _NAMED else ""
    told = f"{len(damaged):,} {'does' if len(damaged) == 1 else 'do'} not match the SHA-256: {named}{more}"
    return wrong("bodies", told, "The disk changed them: check the disk, and run smsbin restore with your last backup.")


def _secrets(settings: Settings, read: Callable[[], list[tuple[str, str, str]]]) -> CheckResult:
    """Whether the signing secrets can be used with the key of these settings."""
    try:
        key = context_of(settings).secrets_key
        stored = read()
    except DatabaseError as error:
        return skipped("secrets", str(error))
    except CannotStart as error:
        return wrong("secrets", str(error), "Give the file of the secrets key, readable for this user.")
    locked = [f"{bin} “{label}”" for bin, label, secret in stored if not _opens(secret, label, key)]
    if locked:
        more = f" and {len(locked) - _NAMED:,} more" if len(locked) > _NAMED else ""
        told = f"{len(locked):,} of {len(stored):,} cannot be opened: {', '.join(locked[:_NAMED])}{more}"
        cure = "Give the secrets key with which they were stored, or store them again; until then they are not used."
        return warning("secrets", told, cure)
    plain = sum(not is_sealed(secret) for _, _, secret in stored)
    if plain and key is not None:
        told = f"{plain:,} of {len(stored):,} are not encrypted, because they were stored without a key"
        return warning("secrets", told, "Store them again.")
    how = "none are stored" if not stored else f"{len(stored):,} can be opened"
    return ok("secrets", f"{how}; {'new ones are encrypted' if key else 'no key is set, so they are not encrypted'}")


def _opens(secret: str, label: str, key: str | None) -> bool:
    try:
        unseal(secret, label, key)
    except CannotOpen:
        return False
    return True


def _ledger(ledger: Path) -> CheckResult:
    if not ledger.exists():
        return ok("ledger", f"{ledger} does not exist; the next start builds it from the log")
    damage = check_ledger(ledger)
    if damage is not None:
        return warning("ledger", f"damaged: {damage}", "Nothing is lost: the next start builds it again from the log.")
    return ok("ledger", f"{ledger} is valid; other programs may read its views v_captures, v_messages, v_pairings")


def _reconciliations(folder: Path) -> CheckResult:
    found = results_in(folder)
    damaged = [(path.name, problem) for path in found if (problem := check_result(path)) is not None]
    if damaged:
        told = "; ".join(f"{name}: {problem}" for name, problem in damaged[:_NAMED])
        cure = "Delete these files, and compare the lists of the provider again."
        return warning("reconciliations", f"{len(damaged):,} of {len(found):,} cannot be read: {told}", cure)
    return ok("reconciliations", f"{len(found):,} {'result' if len(found) == 1 else 'results'} can be read")


def skip_local(settings: Settings, why: str) -> list[CheckResult]:
    """The results of this module when the server is on another machine."""
    return [skipped(check, why) for check in (_ON_POSTGRESQL if settings.uses_postgresql else _LOCAL)]
