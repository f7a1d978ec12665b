"""The cluster of a run, its databases, and that nothing is left of it."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from . import fixtures
from .clusters import Cluster, Database
from .keeper import runs
from .programs import ROOT

# A run in the background of a shell: starts the cluster and a pooler, prints their folders and pids, and waits to be
# killed.
RUN = """
import os, signal, sys
signal.signal(signal.SIGQUIT, signal.SIG_IGN)
from tests.postgres.clusters import run_cluster
from tests.postgres.pooler import run_pooler
cluster = run_cluster("killed", os.getpid())
assert run_cluster("killed", os.getpid()) == cluster
with run_pooler(cluster) as pooler:
    print(cluster.folder, cluster.pid, pooler.folder, pooler.pid, flush=True)
    sys.stdin.read()
"""


def prepare(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table made (at timestamptz default clock_timestamp())")
        connection.execute("insert into made default values")


def fail(url: str) -> None:
    prepare(url)
    raise ValueError


def test_databases_are_copies_of_a_template_that_is_prepared_once(make_database: Callable[..., Database]) -> None:
    some, other, empty = make_database(prepare), make_database(prepare), make_database()
    assert some.name != other.name
    # Made by the same call.
    assert some.peek("select at from made") == other.peek("select at from made")
    some.peek("insert into made default values")
    assert [len(each.peek("select * from made")) for each in (some, other)] == [2, 1]
    assert empty.peek("select to_regclass('made')") == [(None,)]


def test_a_database_is_dropped_even_if_it_is_in_use(postgres: Cluster) -> None:
    with postgres.database() as database:
        connection = psycopg.connect(database.url)
    with connection, pytest.raises(psycopg.OperationalError):
        connection.execute("select 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        database.peek("select 1")


def test_a_preparation_that_fails_is_not_a_template(make_database: Callable[..., Database]) -> None:
    for _ in range(2):
        with pytest.raises(ValueError):
            make_database(fail)


def test_a_cluster_can_crash_and_start_again(durable_postgres: Cluster) -> None:
    with durable_postgres.database() as database:
        database.peek("create table kept (n int)")
        connection = psycopg.connect(database.url, autocommit=True)
        connection.execute("begin; insert into kept values (1); commit; begin; insert into kept values (2)")
        durable_postgres.stop("immediate")
        with connection, pytest.raises(psycopg.OperationalError):
            connection.execute("commit")
        durable_postgres.start()
        durable_postgres.change(commit_delay="2000")
        assert database.peek("select n from kept") == [(1,)]
        shown = [database.peek(f"show {name}")[0][0] for name in ("fsync", "full_page_writes", "commit_delay")]
        assert shown == ["on", "on", "2000"]


def test_nothing_is_left_of_a_run_that_was_killed() -> None:
    run = subprocess.Popen([sys.executable, "-c", RUN], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert run.stdout is not None
    words = run.stdout.readline().decode().split()
    folders, servers = [Path(word) for word in words[::2]], [int(word) for word in words[1::2]]
    assert [folder.is_dir() for folder in folders] == [True, True]
    run.kill()
    run.communicate()
    deadline = time.monotonic() + 60
    while any(folder.exists() for folder in folders) or any(runs(pid) for pid in servers):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_missing_programs_are_a_skip_here_and_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixtures, "missing_programs", lambda *_: ["initdb"])
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="initdb"):
        fixtures.require_programs()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="initdb"):
        fixtures.require_programs()
