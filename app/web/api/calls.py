"""How one operation is written down in the OpenAPI document."""

from typing import Any

from . import wishes

Call = dict[str, Any]

PROBLEMS = {
    "400": "The body is not JSON or is incomplete, or the Host header is invalid.",
    "401": "Missing or wrong access token.",
    "403": "The request came from another site, or used an unknown host name.",
    "404": "No such bin, capture or role.",
    "408": "The body arrived too slowly; the connection is closed.",
    "409": "Conflict with the current state, or this URL is a WebSocket.",
    "413": "The body is too large.",
    "415": "Content-Type must be application/json.",
    "422": "Invalid or unknown fields or query parameters, listed in `errors`.",
    "503": "Storing is not possible at the moment; try again in a few seconds.",
}


def call(
    tag: str,
    operation: str,
    summary: str,
    shape: str | None,
    *,
    status: str = "200",
    kind: str | None = None,
    query: list[dict[str, Any]] | None = None,
    body: wishes.Wish | None = None,
    lookup: bool = False,
    public: bool = False,
    location: bool = False,
    conflict: bool = False,
) -> Call:
    """One operation. `lookup`: what it names may not be there; `location`: it makes something, and says where."""
    good: dict[str, Any] = {"description": summary}
    if shape:
        good["content"] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
    elif kind:
        good["content"] = {kind: {"schema": {}}}
    if location:
        good["headers"] = {"Location": {"schema": {"type": "string"}, "description": "The URL of the new resource."}}
    codes = [] if public else ["400", "401", "403", "422", "503"]
    codes += ["404"] * lookup + ["409"] * conflict + ["408", "413", "415"] * (body is not None)
    said: Call = {
        "tags": [tag],
        "operationId": operation,
        "summary": summary,
        "responses": {status: good, **{code: problem(code) for code in sorted(set(codes))}},
    }
    if query:
        said["parameters"] = query
    if body:
        said["requestBody"] = {"content": {"application/json": {"schema": body}}}
    if public:
        said["security"] = []
    return said


def problem(code: str) -> Call:
    """An error as this API tells it."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": PROBLEMS[code], "content": content}
