"""Fixtures that `tests/conftest.py` gives to all tests."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from .clusters import Cluster, Database, missing_programs, own_cluster, run_cluster
from .pooler import Pooler, run_pooler
from .proxy import CuttingProxy


def require_programs(*more: str) -> None:
    """Without PostgreSQL, or `more` programs, a test is skipped, and fails where CI is set."""
    if missing := missing_programs(*more):
        message = f"not installed: {', '.join(missing)} (apt-get install postgresql pgbouncer {' '.join(more)})"
        if os.environ.get("CI"):
            pytest.fail(message, pytrace=False)
        pytest.skip(message)


@pytest.fixture(scope="session")
def postgres(testrun_uid: str, pytestconfig: pytest.Config) -> Cluster:
    """The cluster of this run, shared by all workers. It is never stopped by a test."""
    require_programs()
    # The process that has started the workers.
    owner = os.getppid() if hasattr(pytestconfig, "workerinput") else os.getpid()
    return run_cluster(testrun_uid, owner)


@pytest.fixture
def make_database(postgres: Cluster) -> Iterator[Callable[..., Database]]:
    """Makes a database, which is dropped after the test. See `Cluster.database`."""
    with ExitStack() as stack:
        yield lambda prepare=None: stack.enter_context(postgres.database(prepare))


@pytest.fixture
def database(make_database: Callable[..., Database]) -> Database:
    """A new database without any table."""
    return make_database()


@pytest.fixture
def durable_postgres() -> Iterator[Cluster]:
    """A cluster of this test alone, with the server's own settings of durability: it can be stopped and started."""
    require_programs()
    with own_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def pooler(postgres: Cluster) -> Iterator[Pooler]:
    """PgBouncer in transaction mode in front of the cluster, one for each worker."""
    with run_pooler(postgres) as running:
        yield running


@pytest.fixture
def cutting_proxy(postgres: Cluster) -> Iterator[CuttingProxy]:
    """A proxy in front of the cluster, which cuts nothing until its `share` is set."""
    with CuttingProxy(postgres) as proxy:
        yield proxy
