"""The OpenAPI 3.1 document: components from the types in the `shapes` modules, paths by hand, a test that keeps it and
the routes together."""

from typing import Any

import msgspec

from ... import __version__
from ...domain.bins import PROVIDER_TITLES
from ...export import EXPORTERS, WHATS
from . import capture_shapes, comparison_shapes, live, message_shapes, parameters, problems, shapes

_SHAPES = (
    shapes.BinShape, shapes.BinList, capture_shapes.CaptureSummary, capture_shapes.CaptureList,
    capture_shapes.CaptureShape, shapes.Info, message_shapes.MessageShape, message_shapes.MessageList,
    message_shapes.MessageDetail, comparison_shapes.ComparisonShape,
    problems.Problem, live.Hello, live.Reset, live.CaptureFrame, live.MessageFrame,
    live.DeletedFrame, live.ClearedFrame,
)  # fmt: skip
_TAGS = {
    "Bins": "A bin is a named place that collects; it owns one capture key.",
    "Captures": "One HTTP request, kept byte for byte. `n` starts at 1; gaps come from deletion only.",
    "Messages": "One row a message (bin, provider, message id), folded from what its captures state.",
    "Comparison": "Primary against fallback: one pairing an inbound message or call.",
    "Live": "JSON frames over a WebSocket.",
    "Server": "About this server.",
}
_PROBLEMS = {
    "400": "The body is not JSON.",
    "401": "No credential, or a wrong one.",
    "403": "From another site, or under a host name that is not known here.",
    "404": "No such bin or capture.",
    "409": "This address is a WebSocket.",
    "413": "The body is too large.",
    "415": "The body does not call itself application/json.",
    "422": "Bad or unknown fields or query parameters, by name in `errors`.",
    "503": "Nothing can be stored now; try again in a few seconds.",
}
_BIN_WISH = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 100, "description": 'Default: "Bin N".'},
        "provider": {
            "enum": [None, *PROVIDER_TITLES],
            "description": "null detects the provider from the requests.",
        },
        "retention": {
            "type": ["string", "null"],
            "pattern": r"^(0|[0-9]{1,5}[smhd])$",
            "description": "Such as 30d; 0 keeps for ever; null follows the server.",
        },
        "stuck_after": {
            "type": "string",
            "pattern": r"^(0|[0-9]{1,5}[smhd])$",
            "description": "An outbound message of which nothing was heard for so long is stuck. Default 5m; 0: never.",
        },
    },
}


def document(base: str) -> dict[str, Any]:
    """The whole document, for a server under `base`."""
    _, components = msgspec.json.schema_components(_SHAPES, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "smsbin",
            "version": __version__,
            "description": (
                "Inspect SMS webhooks. Every call wants `Authorization: Bearer <access token>`, or the cookie of a"
                " signed-in browser. Errors are `application/problem+json` (RFC 9457). Lists are keyset-paged:"
                " pass `next` again as `before`, or as `after` in a list that goes forward."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": base or "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": _paths(),
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "The access token."},
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "smsbin-8010",
                    "description": "Made by signing in; the port is part of the name.",
                },
            },
        },
    }


def _paths() -> dict[str, Any]:
    document = _call("Server", "openapi", "This document", None, public=True, kind="application/json")
    return {
        "/api/v1/info": {"get": _call("Server", "info", "About this server", "Info")},
        "/api/v1/openapi.json": {"get": document},
        **_bin_paths("/api/v1/bins"),
        **_capture_paths("/api/v1/bins/{bin}/captures"),
        **_message_paths("/api/v1/bins/{bin}/messages"),
        "/api/v1/bins/{bin}/comparison": {"parameters": [parameters.BIN], "get": _comparison()},
        "/api/v1/bins/{bin}/export": {"parameters": [parameters.BIN], "get": _export()},
        "/api/v1/bins/{bin}/live": {"parameters": [parameters.BIN], "get": _live()},
    }


def _bin_paths(bins: str) -> dict[str, Any]:
    rotate = _call("Bins", "rotateKey", "Give the bin a new capture key", "BinShape", lookup=True)
    return {
        bins: {
            "get": _call(
                "Bins",
                "listBins",
                "List bins, newest first",
                "BinList",
                query=[parameters.limit(), parameters.cursor("before")],
            ),
            "post": _call("Bins", "createBin", "Make a bin", "BinShape", status="201", body=True, location=True),
        },
        bins + "/{bin}": {
            "parameters": [parameters.BIN],
            "get": _call("Bins", "getBin", "One bin", "BinShape", lookup=True),
            "patch": _call("Bins", "changeBin", "Change a bin", "BinShape", body=True, lookup=True),
            "delete": _call("Bins", "deleteBin", "Delete a bin with its captures", None, status="204", lookup=True),
        },
        bins + "/{bin}/rotate-key": {"parameters": [parameters.BIN], "post": rotate},
    }


def _capture_paths(captures: str) -> dict[str, Any]:
    one = captures + "/{n}"
    query = [
        parameters.limit(),
        parameters.number("before", "Below this n."),
        parameters.number("after", "Above this n, oldest first; not with `before`."),
        parameters.matching(),
        parameters.wait(),
    ]
    listing = "List captures: newest first, or forward from `after`"
    clear = "Delete all captures; numbering goes on"
    body, raw = "Exactly the bytes of the body", "The request as it came: line, headers, body"
    return {
        captures: {
            "parameters": [parameters.BIN],
            "get": _call("Captures", "listCaptures", listing, "CaptureList", lookup=True, query=query),
            "delete": _call("Captures", "clearCaptures", clear, None, status="204", lookup=True),
        },
        one: {
            "parameters": [parameters.BIN, parameters.N],
            "get": _call("Captures", "getCapture", "The whole capture", "CaptureShape", lookup=True),
            "delete": _call("Captures", "deleteCapture", "Delete one capture", None, status="204", lookup=True),
        },
        one + "/body": {
            "parameters": [parameters.BIN, parameters.N],
            "get": _call("Captures", "getBody", body, None, lookup=True, kind="application/octet-stream"),
        },
        one + "/raw": {
            "parameters": [parameters.BIN, parameters.N],
            "get": _call("Captures", "getRaw", raw, None, lookup=True, kind="message/http"),
        },
    }


def _message_paths(messages: str) -> dict[str, Any]:
    query = [parameters.limit(), parameters.cursor("before"), parameters.matching()]
    one = "One message with its timeline"
    return {
        messages: {
            "parameters": [parameters.BIN],
            "get": _call(
                "Messages", "listMessages", "List messages, last changed first", "MessageList", lookup=True, query=query
            ),
        },
        messages + "/{provider}/{message_id}": {
            "parameters": [parameters.BIN, parameters.PROVIDER, parameters.MESSAGE_ID],
            "get": _call("Messages", "getMessage", one, "MessageDetail", lookup=True),
        },
    }


def _comparison() -> dict[str, Any]:
    query = [parameters.limit(), parameters.cursor("before"), parameters.only()]
    text = "List pairings, newest first, with the summary of the bin"
    return _call("Comparison", "listPairings", text, "ComparisonShape", lookup=True, query=query)


def _call(
    tag: str,
    operation: str,
    summary: str,
    shape: str | None,
    *,
    status: str = "200",
    kind: str | None = None,
    query: list[dict[str, Any]] | None = None,
    body: bool = False,
    lookup: bool = False,
    public: bool = False,
    location: bool = False,
) -> dict[str, Any]:
    good: dict[str, Any] = {"description": summary}
    if shape:
        good["content"] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
    elif kind:
        good["content"] = {kind: {"schema": {}}}
    if location:
        good["headers"] = {"Location": {"schema": {"type": "string"}, "description": "The new bin."}}
    codes = [] if public else ["401", "403", "422", "503"]
    codes += ["404"] * lookup + ["400", "413", "415"] * body
    call: dict[str, Any] = {
        "tags": [tag],
        "operationId": operation,
        "summary": summary,
        "responses": {status: good, **{code: _problem(code) for code in sorted(set(codes))}},
    }
    if query:
        call["parameters"] = query
    if body:
        call["requestBody"] = {"content": {"application/json": {"schema": _BIN_WISH}}}
    if public:
        call["security"] = []
    return call


def _live() -> dict[str, Any]:
    frames = ("Hello", "CaptureFrame", "MessageFrame", "DeletedFrame", "ClearedFrame", "Reset")
    call = _call(
        "Live", "live", "Follow a bin (WebSocket)", None, status="101", lookup=True,
        query=[parameters.number("after", "Changes after this seq; without it, later changes only.")],
    )  # fmt: skip
    call["description"] = (
        "An upgrade to a WebSocket. The first frame is `hello` with the bin's seq; then one frame a change, with a"
        " seq that rises strictly and may skip. A capture comes with its first seq, and again when its outcome is"
        " known. `reset`: the cursor means nothing here; reload and follow from its seq. Ignore unknown types. A"
        " foreign Origin is refused; without Origin a bearer is needed."
    )
    call["x-frames"] = [{"$ref": f"#/components/schemas/{name}"} for name in frames]
    call["responses"]["409"] = _problem("409")
    return call


def _export() -> dict[str, Any]:
    query = [
        parameters.choice("of", WHATS, "captures", "What of the bin."),
        parameters.choice("format", tuple(EXPORTERS), "jsonl", "How; har takes captures only."),
        parameters.matching(),
    ]
    call = _call("Captures", "export", "Everything in one file, oldest first", None, lookup=True, query=query)
    call["description"] = (
        "Streamed; what arrives meanwhile is left to the next export. jsonl: the objects of `GET"
        " .../captures/{n}`, or of the message list, one a line. csv: the fields of a summary in their order, lists"
        " and objects as JSON, null as an empty cell; a cell that a spreadsheet would take for a formula begins with"
        " an apostrophe, phone numbers stay as they are. har: HAR 1.2, bodies that are no text as base64. A"
        " connection that breaks off in front of the last chunk means that the file is not whole."
    )
    call["responses"]["200"]["content"] = {each.content_type: {"schema": {}} for each in EXPORTERS.values()}
    return call


def _problem(code: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _PROBLEMS[code], "content": content}
