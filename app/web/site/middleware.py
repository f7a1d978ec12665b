"""The middleware of all pages and API calls: who makes a request and whether they may, and error responses."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from ... import clock, keys
from ...domain.access import AccessRole, Caller, CallerKind
from ...errors import (
    AppError,
    DatabaseUnreachable,
    Forbidden,
    IncompleteBody,
    Invalid,
    NotFound,
    NotReadable,
    RoleTooSmall,
    SlowBody,
    StoreUnavailable,
    Unauthorized,
)
from ...ingress.pages import trust
from ...log import get_log
from . import audit, auth, origins, sign_in
from .problems import problem
from .templates import render
from .urls import server_address

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ANY_HOST: Final = frozenset({"healthz", "readyz"})

# By status, or by the code of the error where that is more specific.
_TITLES: dict[int | str, str] = {
    400: "Invalid request",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Timeout",
    410: "No longer there",
    422: "Not valid",
    500: "Internal error",
    503: "Storing is not possible at the moment",
    NotReadable.code: "Parsing is not possible at the moment",
    DatabaseUnreachable.code: "The database cannot be reached",
}
_log = get_log("web")


@dataclass(frozen=True, slots=True)
class RouteRule:
    """Who may use a private route. `all_bins`: only a caller who may know of all bins. `is_shared`: only who has the
    link of a share, and they no other route."""

    role: AccessRole
    all_bins: bool = False
    is_shared: bool = False


RULES: Final = web.AppKey("RULES", dict[web.AbstractRoute, RouteRule | None])
"""The rule of each route; None: public."""
# Of a route that was added without one.
_STRICTEST: Final = RouteRule(AccessRole.ADMIN, all_bins=True)
# The X-Partial of scripts that take any redirect for success.
_WITHOUT_REDIRECT: Final = frozenset({"saved", "undo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """The page of an error. `is_shared`: of the link of a share, so without links to other pages. `may_repeat`: the
    same request may succeed later, and changes nothing."""

    status: int
    title: str
    detail: str
    signed_in: bool
    is_shared: bool
    may_repeat: bool


@web.middleware
async def errors_to_http(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Translate errors to responses: problem JSON for the API, an HTML page otherwise."""
    request[keys.NONCE] = clock.new_nonce()
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return _answer(request, error.status, _code(error), _detail(error), headers=allow)
    except Unauthorized as error:
        if is_api(request):
            return _answer(request, 401, error.code, str(error), headers={"WWW-Authenticate": "Bearer"})
        if request.headers.get("X-Partial") in _WITHOUT_REDIRECT:
            return _answer(request, 401, error.code, str(error))
        return sign_in.redirect_to_sign_in(request)
    except AppError as error:
        fields = error.problems if isinstance(error, Invalid) else ()
        headers = {"Retry-After": "5"} if isinstance(error, StoreUnavailable) else {}
        answer = _answer(request, error.status, error.code, str(error), fields=fields, headers=headers)
        if isinstance(error, SlowBody | IncompleteBody):
            # The next bytes on this connection would be the rest of the body.
            answer.force_close()
        return answer
    except Exception:
        _log.exception("request.failed", route=_route_name(request))
        return _answer(request, 500, "internal", "Internal error. See the server log for details.")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check the credential, then Host, then Origin, then the rule of the route, before the handler runs."""
    server = server_address(request)
    rule = request.app[RULES].get(request.match_info.route, _STRICTEST)
    nothing_there = request.match_info.http_exception
    caller = await _find_caller(request, server.peer)
    if caller is None and rule is not None:
        if nothing_there is not None and not is_api(request) and await _is_anybodys(request, nothing_there):
            raise nothing_there
        if rule.is_shared:
            raise NotFound("There is no page at this URL.")
        raise Unauthorized("An access token is required. Send Authorization: Bearer <token>.")
    settings = request.app[keys.SETTINGS]
    if _route_name(request) not in ANY_HOST:
        origins.check_host(settings, server, request.raw_path)
    foreign = origins.is_foreign(request, settings, server)
    if foreign:
        raise Forbidden("The request came from another site. Open smsbin and try again there.")
    if caller is not None and rule is not None:
        if caller.kind is not CallerKind.BEARER and not origins.is_ours_for_sure(request, settings, server):
            raise Forbidden(
                "Send an Origin or Sec-Fetch-Site header (browsers), or Authorization: Bearer <token> (programs)."
            )
        if nothing_there is None:
            _check_rule(request, caller, rule)
            await _reload_bin(request, caller)
    async with audit.recorded(request):
        return await handler(request)


async def _reload_bin(request: web.Request, caller: Caller) -> None:
    """Reload the bin of the request if another server has changed it: what a user has changed on one server is what
    they see on the next one."""
    bin_id = request.match_info.get("bin") if caller.share is None else caller.share.bin
    if bin_id is not None and keys.RELOADING in request.app:
        await request.app[keys.RELOADING].reload_if_changed(bin_id)
        await request.app[keys.FORWARDS].refresh(bin_id)
        await request.app[keys.ALERTS].refresh(bin_id)


async def _find_caller(request: web.Request, peer: str) -> Caller | None:
    """Who makes the request. None for a missing or wrong credential; many wrong ones are answered late."""
    caller = await auth.find_caller(request)
    if caller is not None:
        request[keys.CALLER] = caller
        if caller.share is None:
            trust(request)
        else:
            request[keys.MASKED] = caller.share.masked
    elif auth.offers_secret(request) and _route_name(request) not in ANY_HOST:
        audit.wrong_credential(request)
        await request.app[keys.FAILED_SIGN_INS].slow_down(peer)
    return caller


def _check_rule(request: web.Request, caller: Caller, rule: RouteRule) -> None:
    """A bin that the caller may not know of is answered as one that does not exist, before anything else."""
    if rule.is_shared != (caller.share is not None):
        raise NotFound("There is no page at this URL.")
    named = request.query.getall("bin", [])
    for bin_id in (*([request.match_info["bin"]] if "bin" in request.match_info else ()), *named):
        if not caller.sees(bin_id):
            raise NotFound(f"There is no bin {bin_id}.")
    if not caller.may(rule.role):
        raise RoleTooSmall(f"This requires the role {rule.role}. Yours is {caller.role}.")
    if rule.all_bins and caller.bins is not None:
        raise RoleTooSmall("This concerns all bins. Your token is for some of them only.")


async def _is_anybodys(request: web.Request, error: web.HTTPException) -> bool:
    """Whether a request without a credential gets 404 or 405 instead of the sign-in page. A sender with a mistyped
    capture URL must not be redirected to the sign-in page, which answers 200."""
    if not isinstance(error, web.HTTPMethodNotAllowed):
        return True
    resources = {route.resource for route, rule in request.app[RULES].items() if rule is None and route.resource}
    return any([(await resource.resolve(request))[1] for resource in resources])


def is_api(request: web.Request) -> bool:
    """Whether the response should be JSON."""
    base = request.app[keys.SETTINGS].base_path
    return request.path.startswith((f"{base}/api/", f"{base}/metrics")) or request.path == f"{base}/api"


def _answer(
    request: web.Request,
    status: int,
    code: str,
    detail: str,
    *,
    fields: tuple[tuple[str, str], ...] = (),
    headers: dict[str, str] | None = None,
) -> web.StreamResponse:
    if is_api(request):
        response: web.StreamResponse = problem(status, code, detail, fields)
    else:
        title = _TITLES.get(code) or _TITLES.get(status, "Error")
        page = ErrorPage(
            status=status, title=title, detail=detail, signed_in=keys.CALLER in request,
            is_shared=auth.is_of_share(request), may_repeat=status == 503 and request.method in ("GET", "HEAD"),
        )  # fmt: skip
        response = render(request, "site/error.html", page, status=status)
    response.headers.update(headers or {})
    return response


def _code(error: web.HTTPException) -> str:
    return {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status, "refused")


def _detail(error: web.HTTPException) -> str:
    match error.status:
        case 404:
            return "There is no page at this URL."
        case 405:
            return "This URL does not support the method."
        case _:
            return error.reason


def _route_name(request: web.Request) -> str | None:
    return request.match_info.route.name
