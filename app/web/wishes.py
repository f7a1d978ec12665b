"""What may be asked for, as JSON Schema: the request bodies of the OpenAPI document."""

from typing import Any

from ..domain.answers.limits import MOST_BODY, MOST_DELAY_MS, MOST_HEADERS, MOST_RULES
from ..domain.drills import DRILLED
from ..domain.faults import LASTS, LONGEST, MOST_COUNT, MOST_SECONDS, MOST_STATUSES, FaultKind
from ..domain.providers import PROVIDER_TITLES
from ..domain.replays import MOST_AT_ONCE
from ..domain.roles import Role
from ..domain.simulations import MAX_EXTERNAL_RATE, MOST_A_SECOND, MOST_MESSAGES, Traffic, Trouble

Wish = dict[str, Any]


def _object(properties: Wish, **more: object) -> Wish:
    return {"type": "object", "additionalProperties": False, "properties": properties, **more}


BIN = _object({
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
})  # fmt: skip

_STATUS = {"type": "integer", "minimum": 200, "maximum": 599}
_ANSWER: Wish = {
    "status": {**_STATUS, "default": 200},
    "headers": {
        "type": "array",
        "maxItems": MOST_HEADERS,
        "items": {"type": "array", "prefixItems": [{"type": "string"}] * 2, "minItems": 2, "maxItems": 2},
        "description": "Pairs of name and value; those that smsbin sets itself are refused.",
    },
    "body": {
        "type": "string",
        "maxLength": MOST_BODY,
        "description": "Sent as UTF-8, at most 64 KiB; empty for 204, 205 and 304. {{from}} {{to}} {{text}}"
        " {{message_id}} and {{n}} are replaced, escaped by the Content-Type and by what the body looks like.",
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
            "description": "Other answers; the first whose `match` finds the request is given.",
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
            "description": "Of the kind status; a list is used in turn. Default 503.",
        },
        "seconds": {
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": MOST_SECONDS,
            "description": "Of the kinds hold and slow. Default 30.",
        },
        "count": {
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": MOST_COUNT,
            "description": "It ends when so many requests have got it; null: no limit.",
        },
        "until": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": f"It ends then at the latest; {LASTS.seconds // 60} minutes from now by default,"
            f" {LONGEST.days * 24} hours at most.",
        },
        "chance": {"type": ["integer", "null"], "minimum": 1, "maximum": 100, "description": "In per cent."},
    },
    required=["kind"],
)

DRILL = _object(
    {
        "role": {"enum": [role.value for role in DRILLED], "default": Role.PRIMARY.value},
        "fault": {
            "anyOf": [FAULT, {"type": "null"}],
            "description": "The fault of the drill; null or left out where it measures.",
        },
        "measure": {
            "type": "boolean",
            "default": False,
            "description": "A series of faults that shows what the provider does: one message for each.",
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
            "description": "Numbers, sent one after the other in this order.",
        },
        "url": {"type": "string", "maxLength": 2_000, "description": "http or https, on the public internet."},
        "credentials": {"type": "boolean", "default": False, "description": "Authorization, Cookie and the like too."},
    },
    required=["captures", "url"],
)

_URL = {"type": ["string", "null"], "maxLength": 2_000, "description": "http or https."}
SIMULATION = _object(
    {
        "provider": {"enum": list(PROVIDER_TITLES)},
        "what": {
            "enum": [what.value for what in Traffic],
            "description": "voice: where the provider has calls here.",
        },
        "from": {"type": ["string", "null"], "minLength": 1, "maxLength": 40, "description": "Default: fictional."},
        "to": {"type": ["string", "null"], "minLength": 1, "maxLength": 40},
        "text": {"type": ["string", "null"], "maxLength": 1_600, "description": "Default: from a small collection."},
        "media": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 2_000}},
        "count": {"type": "integer", "minimum": 1, "maximum": MOST_MESSAGES, "default": 1},
        "rate": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": MOST_A_SECOND,
            "default": 5,
            "description": f"Messages a second; to URLs of your own at most {MAX_EXTERNAL_RATE:g}.",
        },
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**53, "description": "The same seed plays the same."},
        "trouble": {
            "type": "array",
            "items": {"enum": [trouble.value for trouble in Trouble]},
            "description": "duplicate and lose are one request in ten; the others are for all.",
        },
        "failed_share": {"type": "number", "minimum": 0, "maximum": 1, "description": "Of outbound messages."},
        "speed": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 1_000,
            "description": "Divides time-outs, and the pauses between the requests of one message.",
        },
        "targets": {
            "anyOf": [_object({"primary": _URL, "fallback": _URL, "status": _URL}), {"type": "null"}],
            "description": "URLs of your own instead of the bin's; private addresses only where the operator allows.",
        },
        "played_by": {
            "enum": ["server", "client"],
            "description": "client: the answer has a mark for a run that you play yourself.",
        },
    },
    required=["provider", "what"],
)
