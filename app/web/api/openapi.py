"""The OpenAPI 3.1 document: components from the types in the `shapes` modules, operations from `paths.py`."""

from typing import Any

import msgspec

from ... import __version__
from . import (
    answer_shapes,
    capture_shapes,
    comparison_shapes,
    drill_shapes,
    live,
    message_shapes,
    problems,
    replays,
    shapes,
    simulation_shapes,
)
from .paths import all_paths

_SHAPES = (
    shapes.BinShape, shapes.BinList, shapes.RereadShape, shapes.RetentionShape, shapes.Info,
    capture_shapes.CaptureSummary, capture_shapes.CaptureList, capture_shapes.CaptureShape,
    message_shapes.MessageShape, message_shapes.MessageList, message_shapes.MessageDetail,
    answer_shapes.AnswerShape, answer_shapes.FaultState, comparison_shapes.ComparisonShape,
    drill_shapes.DrillShape, drill_shapes.DrillList,
    simulation_shapes.SimulationShape, simulation_shapes.SimulationList, replays.ReplayList, problems.Problem,
    live.Hello, live.Reset, live.CaptureFrame, live.MessageFrame, live.MessageGoneFrame, live.DeletedFrame,
    live.ClearedFrame,
)  # fmt: skip
_TAGS = {
    "Bins": "A bin collects the requests to its capture URLs.",
    "Captures": "One HTTP request, kept byte for byte. `n` starts at 1; only deletion leaves gaps.",
    "Answers": "The response of each capture URL, and its fault: a failure on purpose that ends by count or time.",
    "Messages": "One item per message (bin, provider, message id), combined from its captures.",
    "Drills": "Faults with an end, and how the messages that got them fared.",
    "Simulations": "Runs of requests that look like those of a provider, to a bin or to your own URLs.",
    "Comparison": "Primary and fallback compared: one pairing per inbound message or call.",
    "Live": "JSON frames over a WebSocket.",
    "Server": "About this server.",
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
                "Inspect SMS webhooks. Every call requires `Authorization: Bearer <access token>`, or the cookie of a"
                " signed-in browser. Errors are `application/problem+json` (RFC 9457). Lists are keyset-paged:"
                " pass `next` as `before`, or as `after` in a list that is oldest first."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": base or "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": all_paths(),
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "The access token."},
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "smsbin-8010",
                    "description": "Set by signing in; its name contains the port.",
                },
            },
        },
    }
