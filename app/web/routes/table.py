"""A row of the route table: who may use the route, and what it is in the audit log."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from ...domain.access import AccessRole
from ..site.middleware import RouteRule

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
N = "{n:[0-9]{1,18}}"
# A message id may hold any characters, braces and line breaks too.
MESSAGE = "{provider}/{message_id:[^/]+}"
LABEL = "{label:[^/]+}"
M = "{m:[0-9]{1,18}}"
PAIR = "{theirs:[^/]+}/{ours:[^/]+}"


@dataclass(frozen=True, slots=True)
class NotAudited:
    """Why the requests of a route are not in the audit log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the table; `name` identifies the route."""

    method: str
    path: str
    handler: Handler
    name: str
    rule: RouteRule | None
    """None: public."""
    audit: str | NotAudited | None = None
    """The action, if it is not the name."""

    @property
    def public(self) -> bool:
        """It needs no credential."""
        return self.rule is None

    @property
    def action(self) -> str | NotAudited:
        """What its requests are in the audit log."""
        if self.audit is not None:
            return self.audit
        return READS if self.method == "GET" else self.name.removeprefix("api-").replace("-", ".", 1)


READS = NotAudited("it changes nothing")
DOWNLOAD, EXPORT = "capture.download", "reconciliation.export"
Audit = str | NotAudited | None


def public(method: str, path: str, handler: Handler, name: str, audit: Audit = None) -> Route:
    """A route without authentication: it must never return captured data (P8)."""
    return Route(method, path, handler, name, None, audit)


def read(
    method: str, path: str, handler: Handler, name: str, audit: Audit = None, *, all_bins: bool = False
) -> Route:  # fmt: skip
    """A route that changes nothing."""
    return Route(method, path, handler, name, RouteRule(AccessRole.READ, all_bins=all_bins), audit)


def write(
    method: str, path: str, handler: Handler, name: str, audit: Audit = None, *, all_bins: bool = False
) -> Route:  # fmt: skip
    """A route that changes a bin, or sends something."""
    return Route(method, path, handler, name, RouteRule(AccessRole.WRITE, all_bins=all_bins), audit)


def shared(path: str, handler: Handler, name: str) -> Route:
    """A route of who has the link of a share, and of no other caller. The secret is a part of the path."""
    return Route("GET", path, handler, name, RouteRule(AccessRole.READ, is_shared=True))


def admin(method: str, path: str, handler: Handler, name: str, audit: Audit = None) -> Route:
    """A route that concerns the whole server."""
    return Route(method, path, handler, name, RouteRule(AccessRole.ADMIN, all_bins=True), audit)
