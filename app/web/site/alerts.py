"""The alerts of a bin as all its pages show them: those that fire, and the notices for the browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from aiohttp import web

from ... import keys
from ...domain.alerts.model import AlertStatus, StoredAlert
from ...services.alerts.watching import RecentNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAlerts:
    """`bin_id` is the bin; `key` changes with the rest, and is empty for none. `has_browser`: one of its alerts
    notifies open pages."""

    bin_id: str
    firing: Sequence[StoredAlert] = ()
    recent: Sequence[RecentNotice] = ()
    has_browser: bool = False
    key: str = ""


def alerts_of(app: web.Application, bin_id: str) -> ShownAlerts:
    """Those of a bin. Costs nothing in a bin without alerts."""
    found = app[keys.ALERTS].of(bin_id)
    if not found:
        return ShownAlerts(bin_id=bin_id)
    firing = [each for each in found if each.state.status is AlertStatus.FIRING]
    recent = app[keys.ALERTS].recent(bin_id)
    has_browser = any(each.alert.browser for each in found)
    about = (
        [(each.id, each.alert.name, each.state.since) for each in firing],
        [(each.stored.id, each.number) for each in recent],
        has_browser,
    )
    key = sha256(repr(about).encode()).hexdigest()[:16]
    return ShownAlerts(bin_id=bin_id, firing=firing, recent=recent, has_browser=has_browser, key=key)
