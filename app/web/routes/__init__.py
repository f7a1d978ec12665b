"""The route table: every URL, and which role it requires.

The middleware checks the role, and that a `{bin}` in the path, or the parameter `bin`, is one that the caller may know
of. So a handler needs no check of its own, unless it lists several bins; those lists are made in `site/bins.py`.

| role | for |
|---|---|
| none | what has no captured data and no setting: health, sign-in, the guide, the API document |
| read | every GET, and POSTs that change nothing |
| a share | the pages below `/shared/`, with the secret that is a part of their path, and nothing else |
| write | changes of a bin, what sends requests, new bins |
| admin | tokens, sessions, and what concerns the whole server |

Routes that concern all bins are refused to callers who may know of some only. A test tries each route with each role.

The name of a route is its action in the audit log, too: `capture-delete` and `api-capture-delete` are `capture.delete`.
Every route that is not a GET has one, or says with `NotAudited` why not; a GET has one if `audit` names it. The actions
have their words in `words/audit.py`.
"""

from aiohttp import web

from ... import keys
from ...domain.access import AccessRole
from ..bins import home
from ..site.audit import ACTIONS
from ..site.expect import delay_continue
from ..site.middleware import RULES, RouteRule
from .api import API_ROUTES
from .pages import PAGE_ROUTES
from .table import Route

ROUTES: list[Route] = [*PAGE_ROUTES, *API_ROUTES]


def add_routes(app: web.Application) -> None:
    """Register the routes under the base path, each with its rule."""
    base = app[keys.SETTINGS].base_path
    app[RULES] = {}
    app[ACTIONS] = {}
    if base:
        # Without the trailing slash, as people type it.
        app[RULES][app.router.add_get(base, home.index, name="home-bare")] = RouteRule(AccessRole.READ)
    for route in ROUTES:
        if route.method == "GET":
            # Every GET route answers HEAD too.
            resource = app.router.add_resource(base + route.path, name=route.name)
            added: list[web.AbstractRoute] = [
                resource.add_route(method, route.handler, expect_handler=delay_continue) for method in ("GET", "HEAD")
            ]
        else:
            path = base + route.path
            added = [
                app.router.add_route(route.method, path, route.handler, name=route.name, expect_handler=delay_continue)
            ]
        app[RULES].update(dict.fromkeys(added, route.rule))
        if isinstance(route.action, str):
            app[ACTIONS].update(dict.fromkeys(added, route.action))
