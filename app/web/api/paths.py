"""The operations of the API, noun by noun; a test keeps them and the routes together."""

from typing import Any

from ...export import EXPORTERS, WHATS
from . import parameters, wishes
from .calls import Call, call, problem

Paths = dict[str, Any]


def all_paths() -> Paths:
    """Every path, whole."""
    document = call("Server", "openapi", "This document", None, public=True, kind="application/json")
    return {
        "/api/v1/info": {"get": call("Server", "info", "About this server", "Info")},
        "/api/v1/openapi.json": {"get": document},
        "/api/v1/retention": {
            "get": call("Server", "retention", "Retention, and whether deletion is paused", "RetentionShape")
        },
        "/api/v1/retention/confirm": {
            "post": call("Server", "confirmTime", "Confirm that the server's clock is right", "RetentionShape")
        },
        **_bin_paths("/api/v1/bins"),
        **_capture_paths("/api/v1/bins/{bin}/captures"),
        **_answer_paths("/api/v1/bins/{bin}"),
        **_message_paths("/api/v1/bins/{bin}/messages"),
        **_drill_paths("/api/v1/bins/{bin}/drills"),
        "/api/v1/bins/{bin}/comparison": {"parameters": [parameters.BIN], "get": _comparison()},
        **_replay_paths("/api/v1/bins/{bin}"),
        **_simulation_paths("/api/v1/bins/{bin}/simulations"),
        "/api/v1/bins/{bin}/export": {"parameters": [parameters.BIN], "get": _export()},
        "/api/v1/bins/{bin}/live": {"parameters": [parameters.BIN], "get": _live()},
    }


def _bin_paths(bins: str) -> Paths:
    reread = "Parse all captures of the bin again, with its current provider"
    rotate = call("Bins", "rotateKey", "Give the bin a new capture key", "BinShape", lookup=True)
    return {
        bins: {
            "get": call(
                "Bins",
                "listBins",
                "List bins, newest first",
                "BinList",
                query=[parameters.limit(), parameters.cursor("before")],
            ),
            "post": call("Bins", "createBin", "Create a bin", "BinShape", status="201", body=wishes.BIN, location=True),
        },
        bins + "/{bin}": {
            "parameters": [parameters.BIN],
            "get": call("Bins", "getBin", "One bin", "BinShape", lookup=True),
            "patch": call("Bins", "changeBin", "Change a bin", "BinShape", body=wishes.BIN, lookup=True),
            "delete": call("Bins", "deleteBin", "Delete a bin with its captures", None, status="204", lookup=True),
        },
        bins + "/{bin}/rotate-key": {"parameters": [parameters.BIN], "post": rotate},
        bins + "/{bin}/reread": {
            "parameters": [parameters.BIN],
            "get": call("Bins", "getReread", "Progress of parsing again", "RereadShape", lookup=True),
            "post": call("Bins", "reread", reread, "RereadShape", status="202", lookup=True),
        },
    }


def _capture_paths(captures: str) -> Paths:
    one = captures + "/{n}"
    query = [
        parameters.limit(),
        parameters.number("before", "Only captures with a lower n."),
        parameters.number("after", "Only captures with a higher n, oldest first; not together with `before`."),
        parameters.matching(),
        parameters.wait(),
    ]
    listing = "List captures: newest first, or forward from `after`"
    clear = "Delete all captures; numbering continues"
    body, raw = "Exactly the bytes of the body", "The request as received: line, headers, body"
    return {
        captures: {
            "parameters": [parameters.BIN],
            "get": call("Captures", "listCaptures", listing, "CaptureList", lookup=True, query=query),
            "delete": call("Captures", "clearCaptures", clear, None, status="204", lookup=True),
        },
        one: {
            "parameters": [parameters.BIN, parameters.N],
            "get": call("Captures", "getCapture", "The whole capture", "CaptureShape", lookup=True),
            "delete": call("Captures", "deleteCapture", "Delete one capture", None, status="204", lookup=True),
        },
        one + "/body": {
            "parameters": [parameters.BIN, parameters.N],
            "get": call("Captures", "getBody", body, None, lookup=True, kind="application/octet-stream"),
        },
        one + "/raw": {
            "parameters": [parameters.BIN, parameters.N],
            "get": call("Captures", "getRaw", raw, None, lookup=True, query=[parameters.wire()], kind="message/http"),
        },
    }


def _answer_paths(bin: str) -> Paths:
    where = [parameters.BIN, parameters.ROLE]
    reset, heal = "Reset to the default", "Stop failing: the URL responds normally again"
    return {
        bin + "/answers/{role}": {
            "parameters": where,
            "get": call("Answers", "getAnswer", "The response of a role", "AnswerShape", lookup=True),
            "put": call(
                "Answers", "setAnswer", "Set the response of a role", "AnswerShape", lookup=True, body=wishes.ANSWER
            ),
            "delete": call("Answers", "resetAnswer", reset, None, status="204", lookup=True),
        },
        bin + "/faults/{role}": {
            "parameters": where,
            "get": call("Answers", "getFault", "The fault of a role", "FaultState", lookup=True),
            "put": call("Answers", "setFault", "Start a fault", "FaultState", lookup=True, body=wishes.FAULT),
            "delete": call("Answers", "heal", heal, None, status="204", lookup=True),
        },
    }


def _message_paths(messages: str) -> Paths:
    query = [parameters.limit(), parameters.cursor("before"), parameters.matching()]
    one = "One message with its timeline"
    return {
        messages: {
            "parameters": [parameters.BIN],
            "get": call(
                "Messages", "listMessages", "List messages, last changed first", "MessageList", lookup=True, query=query
            ),
        },
        messages + "/{provider}/{message_id}": {
            "parameters": [parameters.BIN, parameters.PROVIDER, parameters.MESSAGE_ID],
            "get": call("Messages", "getMessage", one, "MessageDetail", lookup=True),
        },
    }


def _drill_paths(drills: str) -> Paths:
    query = [parameters.limit(), parameters.cursor("before")]
    stop = "Stop the drill; the score card stays"
    return {
        drills: {
            "parameters": [parameters.BIN],
            "get": call("Drills", "listDrills", "List drills, newest first", "DrillList", lookup=True, query=query),
            "post": call(
                "Drills", "drill", "Fail on purpose and keep the score", "DrillShape", status="201", lookup=True,
                location=True, conflict=True, body=wishes.DRILL,
            ),
        },
        drills + "/{id}": {
            "parameters": [parameters.BIN, parameters.ID],
            "get": call("Drills", "getDrill", "The score card", "DrillShape", lookup=True),
            "delete": call("Drills", "stopDrill", stop, None, status="204", lookup=True),
        },
    }  # fmt: skip


def _comparison() -> Call:
    query = [parameters.limit(), parameters.cursor("before"), parameters.only()]
    text = "List pairings, newest first, with the summary of the bin"
    return call("Comparison", "listPairings", text, "ComparisonShape", lookup=True, query=query)


def _replay_paths(bin: str) -> Paths:
    kept = "The last 100 replays of a capture and their responses"
    return {
        bin + "/replays": {
            "parameters": [parameters.BIN],
            "post": call(
                "Captures", "replay", "Send captures again, exactly as received", "ReplayList", status="201",
                lookup=True, body=wishes.REPLAY,
            ),
        },
        bin + "/captures/{n}/attempts": {
            "parameters": [parameters.BIN, parameters.N],
            "get": call("Captures", "listAttempts", kept, "ReplayList", lookup=True),
        },
    }  # fmt: skip


def _simulation_paths(simulations: str) -> Paths:
    return {
        simulations: {
            "parameters": [parameters.BIN],
            "get": call("Simulations", "listSimulations", "List the latest runs", "SimulationList", lookup=True),
            "post": call(
                "Simulations", "simulate", "Simulate a provider", "SimulationShape", status="202", lookup=True,
                location=True, conflict=True, body=wishes.SIMULATION,
            ),
        },
        simulations + "/{id}": {
            "parameters": [parameters.BIN, parameters.ID],
            "get": call("Simulations", "getSimulation", "Progress of a run", "SimulationShape", lookup=True),
            "delete": call("Simulations", "stopSimulation", "Stop a run", None, status="204", lookup=True),
        },
    }  # fmt: skip


def _live() -> Call:
    frames = (
        "Hello", "CaptureFrame", "MessageFrame", "MessageGoneFrame", "DeletedFrame", "ClearedFrame", "Reset",
    )  # fmt: skip
    said = call(
        "Live", "live", "Follow a bin (WebSocket)", None, status="101", lookup=True,
        query=[parameters.number("after", "Changes after this seq; without it, only later changes.")],
    )  # fmt: skip
    said["description"] = (
        "Upgrades to a WebSocket. The first frame is `hello` with the bin's seq, followed by one frame per change. The"
        " seq always increases and may skip numbers. A capture is sent with its first seq, and again when its outcome"
        " is known. `reset`: the cursor is not valid; reload and continue from the seq of this frame. Ignore unknown"
        " types. A foreign Origin is refused; without an Origin, a bearer token is required."
    )
    said["x-frames"] = [{"$ref": f"#/components/schemas/{name}"} for name in frames]
    said["responses"]["409"] = problem("409")
    return said


def _export() -> Call:
    query = [
        parameters.choice("of", WHATS, "captures", "What to export."),
        parameters.choice("format", tuple(EXPORTERS), "jsonl", "File format; har is for captures only."),
        parameters.matching(),
    ]
    said = call("Captures", "export", "Everything in one file, oldest first", None, lookup=True, query=query)
    said["description"] = (
        "Streamed; requests that arrive during the export are not included. jsonl: the objects of `GET"
        " .../captures/{n}`, or of the message list, one per line. csv: the fields of a summary in order, lists and"
        " objects as JSON, null as an empty cell; a cell that a spreadsheet would run as a formula gets a leading"
        " apostrophe, phone numbers are left unchanged. har: HAR 1.2, binary bodies as base64. If the connection"
        " closes before the last chunk, the file is incomplete."
    )
    said["responses"]["200"]["content"] = {each.content_type: {"schema": {}} for each in EXPORTERS.values()}
    return said
