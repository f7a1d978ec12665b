"""The parameters of API operations, as the OpenAPI document describes them."""

from collections.abc import Sequence
from typing import Any

from ...domain.roles import Role
from .inputs import DEFAULT_LIMIT, HIGHEST, MAX_LIMIT, MAX_WAIT_S

Parameter = dict[str, Any]


def _in_path(name: str, text: str, **schema: object) -> Parameter:
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": text}


def names_of(query: Sequence[Parameter]) -> tuple[str, ...]:
    """The names of the query parameters of an operation, for its handler."""
    return tuple(parameter["name"] for parameter in query)


def in_query(name: str, text: str, **schema: object) -> Parameter:
    """A parameter of the query."""
    return {"name": name, "in": "query", "schema": schema, "description": text}


IN_PATH = (
    _in_path("bin", "The id of a bin.", type="string"),
    _in_path("n", "The number of a capture in its bin.", type="integer", minimum=1, maximum=HIGHEST),
    _in_path("role", "A role.", type="string", enum=[role.value for role in Role]),
    _in_path("id", "The id.", type="string"),
    _in_path("name", "The name of a listener.", type="string"),
    _in_path("label", "The label of a secret, percent-encoded.", type="string"),
    _in_path("provider", 'The name of a provider, "custom" (a field mapping) or "generic".', type="string"),
    _in_path("message_id", "The message id of the provider, percent-encoded.", type="string"),
)


def limit() -> Parameter:
    """The number of items in a page."""
    return in_query("limit", "Items per page.", type="integer", minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT)


def cursor(name: str) -> Parameter:
    """The cursor of a page."""
    return in_query(name, "The `next` of the previous page.", type="string")


def number(name: str, text: str) -> Parameter:
    """A capture's number, or a seq."""
    return in_query(name, text, type="integer", minimum=0, maximum=HIGHEST)


def wire() -> Parameter:
    """Whether to return the exact bytes."""
    text = (
        "1: exactly the received bytes, with chunk framing, trailers and spaces around values; 409 if the framing of a"
        " chunked body was larger than 64 KiB. A request that is not valid HTTP is always returned as received."
    )
    return in_query("wire", text, type="integer", minimum=0, maximum=1, default=0)


def masked() -> Parameter:
    """Whether to mask the values in a list."""
    text = "true: numbers, codes and links are masked, and the values of the fields that the bin masks."
    return in_query("mask", text, type="string", enum=["true", "false"], default="false")


def masked_capture() -> Parameter:
    """Whether to mask the values of one capture."""
    text = "true: numbers, codes, links, the body, and headers with credentials are masked."
    return in_query("mask", text, type="string", enum=["true", "false"], default="false")


def masked_file() -> Parameter:
    """Whether to mask the values in a file."""
    text = (
        "false: all values. true: numbers, codes, links, bodies and credentials are masked. Without it what the bin"
        " masks is masked (see its privacy settings), credentials always."
    )
    return in_query("mask", text, type="string", enum=["true", "false"])


def choice(name: str, values: tuple[str, ...], default: str, text: str) -> Parameter:
    """One of these values."""
    return in_query(name, text, type="string", enum=list(values), default=default)


def matching() -> Parameter:
    """The filter of a list."""
    text = (
        "A filter such as `from:+1415* -status:failed text~code`: from: to: text~ status: role: kind: provider: id:"
        " method: has: after: before: size: is: signature: result: tag: note~ forward: target: and free words,"
        " `-` to exclude, `*` at the end of a number, tag, name or word. A search that takes longer than a second"
        " is stopped: 422, `type` `urn:smsbin:too_slow`; narrow the filter."
    )
    return in_query("q", text, type="string", maxLength=1_000)


def numbers(most: int) -> Parameter:
    """Captures by their numbers."""
    return in_query(
        "n", f"Only these captures: their numbers with commas, at most {most}; not with `q`.", type="string"
    )


def wait() -> Parameter:
    """Long polling."""
    text = "Seconds to wait for a capture after `after`; an empty page if none arrives."
    return in_query("wait", text, type="integer", minimum=0, maximum=MAX_WAIT_S)
