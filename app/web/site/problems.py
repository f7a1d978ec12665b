"""Error responses of the API: RFC 9457, with the wrong fields by name."""

import http

import msgspec
from aiohttp import web


class FieldProblem(msgspec.Struct):
    """One invalid field or query parameter, and how to fix it."""

    field: str
    message: str


class Problem(msgspec.Struct, omit_defaults=True):
    """An error. `errors` only for invalid input."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


def problem(status: int, code: str, detail: str, fields: tuple[tuple[str, str], ...] = ()) -> web.Response:
    """The response for an error; `type` ends in the stable code."""
    shape = Problem(
        type=f"urn:smsbin:{code}",
        title=http.HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=[FieldProblem(field, message) for field, message in fields],
    )
    return web.Response(status=status, body=msgspec.json.encode(shape), content_type="application/problem+json")
