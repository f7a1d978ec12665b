"""A request that could not be stored does not change a count, whether the store raises at once or later."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from app.domain.bins import Bin
from app.domain.captures import NewCapture, RawRequest
from app.domain.faults import ActiveFault, Fault, FaultKind
from app.domain.privacy import Privacy
from app.domain.roles import Role
from app.errors import StoreUnavailable
from app.live.hub import Hub
from app.services.answers import Answers
from app.services.captures import EXAMINED_BYTES, Intake
from app.services.faults import Faults
from app.services.keyring import Keyring
from app.services.mappings import Mappings
from app.services.privacy import PrivacySettings
from app.services.simulations.runs import Simulating
from app.services.wiretaps.handlers import Handlers

NOW = datetime(2026, 11, 29, tzinfo=UTC)
BIN = Bin(id="b", key="0000000000000000", name="", provider=None, retention=None, created_at=NOW)
RAW = RawRequest(
    method="POST", target="/", http_version="1.1", head=b"", body=b"", body_complete=True, peer="192.0.2.1",
    received_at=NOW,
)  # fmt: skip


class Rows:
    """The part of the store that is used. `refuses`: it raises at once; otherwise the test resolves `stored`."""

    refuses = False

    is_shared = False

    def __init__(self) -> None:
        self.stored: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def set_fault(self, fault: ActiveFault) -> None:
        return

    async def set_privacy(self, bin_id: str, settings: str | None) -> None:
        return

    def add_capture(self, new: NewCapture) -> "asyncio.Future[int]":
        if self.refuses:
            raise StoreUnavailable("full")
        return self.stored


@pytest.fixture
async def rows() -> Rows:
    return Rows()


@pytest.fixture
async def faults(rows: Rows) -> Faults:
    made = Faults(rows, Hub())
    fault = Fault(kind=FaultKind.STATUS, until=datetime.now(UTC) + timedelta(hours=1), count=2)
    await made.set(
        ActiveFault(id="f", bin_id="b", role=Role.PRIMARY, fault=fault, started_at=datetime.now(UTC), left=2)
    )
    return made


@pytest.fixture
async def intake(rows: Rows, faults: Faults) -> Intake:
    return Intake(
        rows,
        Keyring(rows),
        Answers(rows, Hub()),
        faults,
        Mappings(rows, Hub()),
        PrivacySettings(rows, Hub()),
        Simulating(),
        Handlers(),
    )


def _left(faults: Faults) -> list[int | None]:
    return [fault.left for fault in faults.of_bin("b")]


async def test_what_is_stored_counts_its_fault_from_the_first_moment(
    rows: Rows, faults: Faults, intake: Intake
) -> None:
    stored, reply = intake.begin(BIN, Role.PRIMARY, RAW)
    assert (reply.is_played, _left(faults)) == (True, [1])
    rows.stored.set_result(7)
    assert await stored == 7
    await asyncio.sleep(0)
    assert _left(faults) == [1]


async def test_what_the_store_refuses_later_gives_its_fault_back(rows: Rows, faults: Faults, intake: Intake) -> None:
    stored, _ = intake.begin(BIN, Role.PRIMARY, RAW)
    rows.stored.set_exception(StoreUnavailable("no answer in time"))
    with pytest.raises(StoreUnavailable):
        await stored
    await asyncio.sleep(0)
    assert _left(faults) == [2]


async def test_what_the_store_refuses_at_once_gives_it_back_too(rows: Rows, faults: Faults, intake: Intake) -> None:
    rows.refuses = True
    with pytest.raises(StoreUnavailable):
        intake.begin(BIN, Role.PRIMARY, RAW)
    assert _left(faults) == [2]


async def test_a_request_larger_than_this_is_examined_in_a_thread_if_fields_are_withheld(rows: Rows) -> None:
    privacy = PrivacySettings(rows, Hub())  # type: ignore[arg-type]
    hub = Hub()
    intake = Intake(
        rows, Keyring(rows), Answers(rows, hub), Faults(rows, hub), Mappings(rows, hub), privacy, Simulating(),
        Handlers(),
    )  # fmt: skip
    small = structs.replace(RAW, body=b"x" * (EXAMINED_BYTES - len(RAW.target)))
    large = structs.replace(small, body=small.body + b"x")
    assert not intake.is_slow(BIN, Role.PRIMARY, large)
    await privacy.set(BIN.id, Privacy(withheld_headers=("x-a",)))
    assert not intake.is_slow(BIN, Role.PRIMARY, large)
    await privacy.set(BIN.id, Privacy(withheld_fields=("card",)))
    assert not intake.is_slow(BIN, Role.PRIMARY, small)
    assert intake.is_slow(BIN, Role.PRIMARY, large)
    assert await intake.read(BIN, Role.PRIMARY, large) is None
    form = structs.replace(RAW, body=b"card=1")
    assert intake.storable(BIN, form).body == (await intake.read_storable(BIN, form)).body != b"card=1"
