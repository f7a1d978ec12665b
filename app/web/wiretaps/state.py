"""What is known about the wiretap of a role, for its page and for the API."""

from dataclasses import dataclass

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.forwards.model import StoredForward
from ...domain.roles import Role
from ...domain.wiretaps.model import Wiretap, limit_s
from ...providers import sheet_of
from ...services.wiretaps.counters import Overhead
from ...services.wiretaps.outbox import find_outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class WiretapFacts:
    """`handler`: where what answers now is, which may be a listener; None: smsbin answers. `waits_s`: how long the
    provider waits, None if that is not known. `limit_s`: seconds that the handler may take."""

    wiretap: Wiretap | None
    handler: str | None
    waits_s: float | None
    limit_s: float
    outbox: StoredForward | None
    overhead: Overhead | None


def wiretap_facts(app: web.Application, bin: Bin, role: Role) -> WiretapFacts:
    """The wiretap of a role as it is now."""
    wiretap, handler = app[keys.WIRETAPS].of(bin.id).get(role), app[keys.HANDLERS].of(bin.id, role)
    sheet = sheet_of(bin.provider)
    waits_s = sheet.habits.timeout_s if sheet else None
    return WiretapFacts(
        wiretap=wiretap,
        handler=None if handler is None else handler.url,
        waits_s=waits_s,
        limit_s=limit_s(None if wiretap is None else wiretap.timeout_s, waits_s),
        outbox=find_outbox(app[keys.FORWARDS], bin.id, role),
        overhead=app[keys.WIRETAPPING].counters.overhead(bin.id, role),
    )
