"""The alerts that the pages of a bin show."""

from app import keys
from app.domain.alerts.model import Alert, AlertKind
from app.web.site.alerts import ShownAlerts, alerts_of
from tests.conftest import Running


async def test_a_key_changes_with_what_is_shown(server: Running) -> None:
    alerts = server.app[keys.ALERTS]
    assert alerts_of(server.app, server.bin.id) == ShownAlerts(bin_id=server.bin.id)
    stored = await alerts.add(server.bin.id, Alert(name="A", kind=AlertKind.MATCHES, browser=True))
    first = alerts_of(server.app, server.bin.id)
    assert (first.has_browser, list(first.firing), list(first.recent)) == (True, [], [])
    await alerts.test(server.bin.id, stored.id)
    second = alerts_of(server.app, server.bin.id)
    assert [each.number for each in second.recent] == [1]
    assert len({"", first.key, second.key}) == 3
    assert alerts_of(server.app, server.bin.id).key == second.key
