"""The OpenAPI 3.1 document, assembled from the operations of the nouns, and from the types that they name."""

import re
from typing import Any

import msgspec

from .. import __version__
from ..domain.forwards.events import ForwardedEvent
from .alerts import operations as alerts
from .annotations import operations as annotations
from .answers import operations as answers
from .audit import operations as audit
from .bins import operations as bins
from .captures import operations as captures
from .compare import operations as compare
from .drills import operations as drills
from .exports import operations as exports
from .faults import operations as faults
from .filters import operations as filters
from .forwards import operations as forwards
from .listeners import operations as listeners
from .live import operations as live
from .mappings import operations as mappings
from .messages import operations as messages
from .overview import operations as overview
from .privacy import operations as privacy
from .reconciliations import operations as reconciliations
from .replays import operations as replays
from .secrets import operations as secrets
from .sessions import operations as sessions
from .shares import operations as shares
from .simulations import operations as simulations
from .site import info
from .site.operations import Operation, Operations
from .site.parameters import IN_PATH
from .site.problems import Problem
from .tokens import operations as tokens
from .wiretaps import operations as wiretaps

OPERATIONS: Operations = {
    path: operation
    for noun in (
        info, bins, captures, annotations, filters, answers, faults, forwards, wiretaps, mappings, secrets, messages,
        drills, compare, replays, simulations, overview, reconciliations, exports, live, tokens, sessions, privacy,
        audit, alerts, listeners, shares,
    )
    for path, operation in noun.OPERATIONS.items()
}  # fmt: skip
ERRORS = {
    400: "The body is not JSON or is incomplete, or the Host header is invalid.",
    401: "Missing, wrong, revoked or expired token.",
    403: "The role of the token is too small, or the request came from another site or used an unknown host name.",
    404: "No such bin, capture or role, or a bin that the token is not for.",
    408: "The body arrived too slowly; the connection is closed.",
    409: "Conflict with the current state, or this URL is a WebSocket.",
    410: "The share has ended.",
    413: "The body is too large.",
    415: "Content-Type must be application/json.",
    422: "Invalid or unknown fields or query parameters, listed in `errors`.",
    503: "Storing is not possible at the moment; try again in a few seconds.",
}
_TAGS = {
    "Bins": "A bin collects the requests to its capture URLs.",
    "Captures": "One HTTP request, kept byte for byte. `n` starts at 1; only deletion leaves gaps.",
    "Filters": "Saved filters of a bin, and completions of a filter that is being written.",
    "Answers": "The response of each capture URL, and its fault: a failure on purpose that ends by count or time.",
    "Forwards": "Captures sent to a URL of the user, each until it has arrived.",
    "Listeners": "Programs that get captures over a WebSocket, each from its own cursor.",
    "Wiretaps": "The user's own handler answers the requests of a role, through smsbin.",
    "Mappings": "A bin's own description of the fields that its provider sends.",
    "Signatures": "Secrets with which the signatures of captures are checked. They are written only.",
    "Messages": "One item per message (bin, provider, message id), combined from its captures.",
    "Drills": "Faults with an end, and how the messages that got them fared.",
    "Simulations": "Runs of requests that look like those of a provider, to a bin or to your own URLs.",
    "Comparison": "Primary and fallback compared: one pairing per inbound message or call.",
    "Counts": "Captures by time and result, failures, times and the fallback; fast in a bin of any size.",
    "Reconciliations": "A file in which the provider lists its messages, compared with what arrived at a bin.",
    "Audit": "Who did what, when, from where, and with which result.",
    "Live": "JSON frames over a WebSocket.",
    "Access": "Named tokens, each with a role and bins, and signed-in browsers. Requires the role `admin`.",
    "Shares": "Links that open one page of a bin to people without a token, until they end.",
    "Server": "About this server.",
}
_REF = "#/components/schemas/{name}"
Schemas = dict[Any, dict[str, Any]]


def document(base: str) -> dict[str, Any]:
    """The whole document, for a server under `base`."""
    named = (each for operation in OPERATIONS.values() for each in operation.types)
    types = list(dict.fromkeys([*named, Problem, ForwardedEvent]))
    found, components = msgspec.json.schema_components(types, ref_template=_REF)
    schemas = dict(zip(types, found, strict=True))
    # Defaults are Python values, such as empty tuples.
    components = msgspec.json.decode(msgspec.json.encode(components))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "smsbin",
            "version": __version__,
            "description": (
                "Inspect SMS webhooks. Every call requires `Authorization: Bearer <token>`, or the cookie of a"
                " signed-in browser. A call that changes something requires the role `write` or, where it concerns"
                " the whole server, `admin`. Errors are `application/problem+json` (RFC 9457). Lists are keyset-paged:"
                " pass `next` as `before`, or as `after` in a list that is oldest first."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": base or "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": _paths(schemas),
        "webhooks": {"event": {"post": _event(schemas)}},
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The access token of the installation, or a named token.",
                },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "smsbin-8010",
                    "description": "Set by signing in; its name contains the port.",
                },
            },
        },
    }


def _event(schemas: Schemas) -> dict[str, Any]:
    """The request that a forward with mode event sends."""
    return {
        "tags": ["Forwards"],
        "operationId": "forwardedEvent",
        "summary": "An event that a forward sends to its target",
        "description": "Signed by Standard Webhooks; `webhook-id` is `{bin}.{n}.{event}`, the same for every attempt.",
        "security": [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schemas[ForwardedEvent]}}},
        "responses": {"2XX": {"description": "The event has arrived; every other answer is a failure."}},
    }


def _paths(schemas: Schemas) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for (method, path), operation in OPERATIONS.items():
        item = paths.setdefault(path, {})
        if named := re.findall(r"\{(\w+)\}", path):
            item["parameters"] = [parameter for parameter in IN_PATH if parameter["name"] in named]
        item[method] = _operation(operation, schemas)
    return paths


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    errors = {str(status): _error(status, schemas) for status in operation.statuses}
    described: dict[str, Any] = {
        "tags": [operation.tag],
        "operationId": operation.id,
        "summary": operation.summary,
        "responses": {str(operation.success.status): _success(operation, schemas), **errors},
    }
    if operation.description:
        described["description"] = operation.description
    if operation.query:
        described["parameters"] = list(operation.query)
    if operation.body is not None:
        described["requestBody"] = {"content": {"application/json": {"schema": schemas[operation.body]}}}
    if operation.frames:
        described["x-frames"] = [schemas[frame] for frame in operation.frames]
    if operation.is_public:
        described["security"] = []
    return described


def _success(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    success = operation.success
    response: dict[str, Any] = {"description": operation.summary}
    if success.shape is not None:
        response["content"] = {"application/json": {"schema": schemas[success.shape]}}
    elif success.media:
        response["content"] = {media: {"schema": {}} for media in success.media}
    if success.has_location:
        response["headers"] = {
            "Location": {"schema": {"type": "string"}, "description": "The URL of the new resource."}
        }
    return response


def _error(status: int, schemas: Schemas) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": schemas[Problem]}}
    return {"description": ERRORS[status], "content": content}
