"""A log in this process, and a ledger that is made from it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.engines import Engine
from tests.storage.inside import Inside, Ledger


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
    yield made
    made.close()


@pytest.fixture
def ledger(inside: Inside) -> Iterator[Ledger]:
    made = inside.ledger()
    yield made
    made.close()
