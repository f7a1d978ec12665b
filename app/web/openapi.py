"""The OpenAPI 3.1 document: components from the types in the `shapes` modules, operations from `paths.py`."""

from typing import Any

import msgspec

from .. import __version__
from .answers import shapes as answer_shapes
from .bins import shapes as bin_shapes
from .captures import shapes as capture_shapes
from .compare import shapes as comparison_shapes
from .drills import shapes as drill_shapes
from .faults import shapes as fault_shapes
from .live import api as live
from .messages import shapes as message_shapes
from .paths import all_paths
from .replays import api as replays
from .simulations import shapes as simulation_shapes
from .site import info, problems

_SHAPES = (
    bin_shapes.BinShape, bin_shapes.BinList, bin_shapes.RereadShape, info.RetentionShape, info.Info,
    capture_shapes.CaptureSummary, capture_shapes.CaptureList, capture_shapes.CaptureShape,
    message_shapes.MessageShape, message_shapes.MessageList, message_shapes.MessageDetail,
    answer_shapes.AnswerShape, fault_shapes.FaultState, comparison_shapes.ComparisonShape,
    drill_shapes.DrillShape, drill_shapes.DrillList,
    simulation_shapes.SimulationShape, simulation_shapes.SimulationList, replays.ReplayList, problems.Problem,
    live.Hello, live.Reset, live.CaptureFrame, live.MessageFrame, live.MessageGoneFrame, live.DeletedFrame,
    live.ClearedFrame,
)  # fmt: skip
_TAGS = {
    "Bins": "A bin is a named place that collects; it owns one capture key.",
    "Captures": "One HTTP request, kept byte for byte. `n` starts at 1; gaps come from deletion only.",
    "Answers": "What each capture URL answers, and how it misbehaves on purpose until its fault ends.",
    "Messages": "One row a message (bin, provider, message id), folded from what its captures state.",
    "Drills": "Faults with an end, and the score of the messages that met them.",
    "Simulations": "Runs of requests shaped like a provider's, to a bin or to URLs of your own.",
    "Comparison": "Primary against fallback: one pairing an inbound message or call.",
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
                "Inspect SMS webhooks. Every call wants `Authorization: Bearer <access token>`, or the cookie of a"
                " signed-in browser. Errors are `application/problem+json` (RFC 9457). Lists are keyset-paged:"
                " pass `next` again as `before`, or as `after` in a list that goes forward."
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
                    "description": "Made by signing in; the port is part of the name.",
                },
            },
        },
    }
