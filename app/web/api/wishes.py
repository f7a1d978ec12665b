"""What may be asked for, as JSON Schema: the request bodies of the OpenAPI document."""

from typing import Any

from ...domain.bins import PROVIDER_TITLES
from ...domain.checking import MOST_BODY, MOST_DELAY_MS, MOST_HEADERS, MOST_RULES
from ...domain.drills import DRILLED
from ...domain.faults import LASTS, LONGEST, MOST_COUNT, MOST_SECONDS, MOST_STATUSES, FaultKind
from ...domain.replaying import MOST_AT_ONCE
from ...domain.roles import Role
from ...domain.simulation import MOST_A_SECOND, MOST_ABROAD_A_SECOND, MOST_MESSAGES, Trouble, What

Wish = dict[str, Any]


def _object(properties: Wish, **more: object) -> Wish:
    return {"type": "object", "additionalProperties": False, "properties": properties, **more}


BIN = _object({
    "name": {"type": "string", "minLength": 1, "maxLength": 100, "description": 'Default: "Bin N".'},
    "provider": {
        "enum": [None, *PROVIDER_TITLES],
        "description": "null: detect from the requests.",
    },
    "retention": {
        "type": ["string", "null"],
        "pattern": r"^(0|[0-9]{1,5}[smhd])$",
        "description": "Such as 30d; 0 keeps forever; null uses the server default.",
    },
    "stuck_after": {
        "type": "string",
        "pattern": r"^(0|[0-9]{1,5}[smhd])$",
        "description": "An outbound message without a callback for this long is stuck. Default 5m; 0: never.",
    },
})  # fmt: skip

_STATUS = {"type": "integer", "minimum": 200, "maximum": 599}
_ANSWER: Wish = {
    "status": {**_STATUS, "default": 200},
    "headers": {
        "type": "array",
        "maxItems": MOST_HEADERS,
        "items": {"type": "array", "prefixItems": [{"type": "string"}] * 2, "minItems": 2, "maxItems": 2},
        "description": "Pairs of name and value. Headers that smsbin sets itself are refused.",
    },
    "body": {
        "type": "string",
        "maxLength": MOST_BODY,
        "description": "Sent as UTF-8, at most 64 KiB; empty for 204, 205 and 304. {{from}} {{to}} {{text}}"
        " {{message_id}} and {{n}} are replaced, escaped for the type of the body.",
    },
    "delay_ms": {"type": "integer", "minimum": 0, "maximum": MOST_DELAY_MS, "default": 0},
}  # fmt: skip
_RULE = _object(
    {
        "match": {"type": "string", "maxLength": 1_000, "description": "A filter, such as `text~stop`."},
        "answer": _object(_ANSWER),
    },
    required=["match", "answer"],
)
ANSWER = _object(
    {
        **_ANSWER,
        "rules": {
            "type": "array",
            "maxItems": MOST_RULES,
            "items": _RULE,
            "description": "Responses for some requests; the first rule whose `match` finds the request applies.",
        },
    },
    minProperties=1,
)
FAULT = _object(
    {
        "kind": {"enum": [kind.value for kind in FaultKind]},
        "status": {
            "anyOf": [
                _STATUS,
                {"type": "array", "items": _STATUS, "minItems": 1, "maxItems": MOST_STATUSES},
                {"type": "null"},
            ],
            "description": "Only for kind status; with a list, each request gets the next one. Default 503.",
        },
        "seconds": {
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": MOST_SECONDS,
            "description": "Only for kinds hold and slow. Default 30.",
        },
        "count": {
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": MOST_COUNT,
            "description": "Ends after this many requests; null: no limit.",
        },
        "until": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": f"Ends at this time at the latest. Default: in {LASTS.seconds // 60} minutes;"
            f" at most in {LONGEST.days * 24} hours.",
        },
        "chance": {
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": 100,
            "description": "Percentage of requests that get the fault.",
        },
    },
    required=["kind"],
)

DRILL = _object(
    {
        "role": {"enum": [role.value for role in DRILLED], "default": Role.PRIMARY.value},
        "fault": {
            "anyOf": [FAULT, {"type": "null"}],
            "description": "The fault of the drill; null or absent with `measure`.",
        },
        "measure": {
            "type": "boolean",
            "default": False,
            "description": "Run a series of faults that measures the provider, one message each.",
        },
    },
    minProperties=1,
)

REPLAY = _object(
    {
        "captures": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_AT_ONCE,
            "items": {"type": "integer", "minimum": 1},
            "description": "Numbers of captures, sent one after the other in this order.",
        },
        "url": {"type": "string", "maxLength": 2_000, "description": "http or https, on the public internet."},
        "credentials": {
            "type": "boolean",
            "default": False,
            "description": "Also send Authorization, Cookie, Proxy-* and X-Forwarded-*.",
        },
    },
    required=["captures", "url"],
)

_URL = {"type": ["string", "null"], "maxLength": 2_000, "description": "http or https."}
SIMULATION = _object(
    {
        "provider": {"enum": list(PROVIDER_TITLES)},
        "what": {"enum": [what.value for what in What], "description": "voice: only for providers with calls."},
        "from": {
            "type": ["string", "null"],
            "minLength": 1,
            "maxLength": 40,
            "description": "Default: a fictional number.",
        },
        "to": {"type": ["string", "null"], "minLength": 1, "maxLength": 40},
        "text": {"type": ["string", "null"], "maxLength": 1_600, "description": "Default: a sample text."},
        "media": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 2_000}},
        "count": {"type": "integer", "minimum": 1, "maximum": MOST_MESSAGES, "default": 1},
        "rate": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": MOST_A_SECOND,
            "default": 5,
            "description": f"Messages per second; to your own URLs at most {MOST_ABROAD_A_SECOND:g}.",
        },
        "seed": {
            "type": "integer",
            "minimum": 0,
            "maximum": 2**53,
            "description": "The same seed repeats the same run.",
        },
        "trouble": {
            "type": "array",
            "items": {"enum": [trouble.value for trouble in Trouble]},
            "description": "duplicate and lose affect one request in ten; the others affect all.",
        },
        "failed_share": {"type": "number", "minimum": 0, "maximum": 1, "description": "Share of outbound messages."},
        "speed": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 1_000,
            "description": "Divides timeouts and the pauses between the requests of one message.",
        },
        "targets": {
            "anyOf": [_object({"primary": _URL, "fallback": _URL, "status": _URL}), {"type": "null"}],
            "description": "Your own URLs instead of the bin; private addresses only if the operator allows them.",
        },
        "played_by": {
            "enum": ["server", "client"],
            "description": "client: you send the requests yourself, with the mark from the response.",
        },
    },
    required=["provider", "what"],
)
