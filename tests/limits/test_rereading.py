"""A call that changes how a bin is parsed waits for the result, and not longer than this."""

from app.live.hub import Hub
from app.services import rereading
from app.services.rereading import REREAD_WAIT_S, wait_until_reread
from app.store import LedgerStatus


class Building:
    """A bin that is never done. Each look takes `step_s` of the clock."""

    def __init__(self, hub: Hub, step_s: float) -> None:
        self.hub, self.step_s, self.now, self.looks = hub, step_s, 100.0, 0

    async def rereading(self, bin_id: str) -> LedgerStatus:
        self.now += self.step_s
        self.looks += 1
        self.hub.notify(bin_id)
        return LedgerStatus(state="building")


async def test_it_waits_so_long_and_then_no_longer(monkeypatch) -> None:
    hub = Hub()
    store = Building(hub, REREAD_WAIT_S / 2)
    monkeypatch.setattr(rereading.clock, "ticks", lambda: store.now)
    assert not await wait_until_reread(store, hub, "bin")
    assert store.looks == 2
