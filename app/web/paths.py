"""The operations of the API, noun by noun; a test keeps them and the routes together."""

from typing import Any

from ..export import EXPORTERS, WHATS
from . import wishes
from .compare.api import ONLY
from .site import parameters
from .site.operations import Call, call, problem

Paths = dict[str, Any]


def all_paths() -> Paths:
    """Every path, whole."""
    document = call("Server", "openapi", "This document", None, public=True, kind="application/json")
    return {
        "/api/v1/info": {"get": call("Server", "info", "About this server", "Info")},
        "/api/v1/openapi.json": {"get": document},
        "/api/v1/retention": {"get": call("Server", "retention", "Whether captures expire", "RetentionShape")},
        "/api/v1/retention/confirm": {
            "post": call("Server", "confirmTime", "Say that the server's clock is right", "RetentionShape")
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
    reread = "Read all its captures again, with the provider that is set now"
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
            "post": call("Bins", "createBin", "Make a bin", "BinShape", status="201", body=wishes.BIN, location=True),
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
            "get": call("Bins", "getReread", "How far reading it again is", "RereadShape", lookup=True),
            "post": call("Bins", "reread", reread, "RereadShape", status="202", lookup=True),
        },
    }


def _capture_paths(captures: str) -> Paths:
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
    reset, heal = "Back to the default", "Heal: the URL behaves again"
    return {
        bin + "/answers/{role}": {
            "parameters": where,
            "get": call("Answers", "getAnswer", "What a role answers", "AnswerShape", lookup=True),
            "put": call("Answers", "setAnswer", "Set it", "AnswerShape", lookup=True, body=wishes.ANSWER),
            "delete": call("Answers", "resetAnswer", reset, None, status="204", lookup=True),
        },
        bin + "/faults/{role}": {
            "parameters": where,
            "get": call("Answers", "getFault", "A role's fault", "FaultState", lookup=True),
            "put": call("Answers", "setFault", "Misbehave from now on", "FaultState", lookup=True, body=wishes.FAULT),
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
    stop = "Heal now; the score card stays"
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
    query = [
        parameters.limit(),
        parameters.cursor("before"),
        parameters.in_query("only", "Pairings with a problem, or with one verdict.", type="string", enum=list(ONLY)),
    ]
    text = "List pairings, newest first, with the summary of the bin"
    return call("Comparison", "listPairings", text, "ComparisonShape", lookup=True, query=query)


def _replay_paths(bin: str) -> Paths:
    kept = "What came back from its replays: the last 100"
    return {
        bin + "/replays": {
            "parameters": [parameters.BIN],
            "post": call(
                "Captures", "replay", "Send captures again, exactly as they came", "ReplayList", status="201",
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
            "get": call("Simulations", "listSimulations", "Runs that are remembered", "SimulationList", lookup=True),
            "post": call(
                "Simulations", "simulate", "Play a provider", "SimulationShape", status="202", lookup=True,
                location=True, conflict=True, body=wishes.SIMULATION,
            ),
        },
        simulations + "/{id}": {
            "parameters": [parameters.BIN, parameters.ID],
            "get": call("Simulations", "getSimulation", "How far a run is", "SimulationShape", lookup=True),
            "delete": call("Simulations", "stopSimulation", "Stop it", None, status="204", lookup=True),
        },
    }  # fmt: skip


def _live() -> Call:
    frames = (
        "Hello", "CaptureFrame", "MessageFrame", "MessageGoneFrame", "DeletedFrame", "ClearedFrame", "Reset",
    )  # fmt: skip
    said = call(
        "Live", "live", "Follow a bin (WebSocket)", None, status="101", lookup=True,
        query=[parameters.number("after", "Changes after this seq; without it, later changes only.")],
    )  # fmt: skip
    said["description"] = (
        "An upgrade to a WebSocket. The first frame is `hello` with the bin's seq; then one frame a change, with a"
        " seq that rises strictly and may skip. A capture comes with its first seq, and again when its outcome is"
        " known. `reset`: the cursor means nothing here; reload and follow from its seq. Ignore unknown types. A"
        " foreign Origin is refused; without Origin a bearer is needed."
    )
    said["x-frames"] = [{"$ref": f"#/components/schemas/{name}"} for name in frames]
    said["responses"]["409"] = problem("409")
    return said


def _export() -> Call:
    query = [
        parameters.choice("of", WHATS, "captures", "What of the bin."),
        parameters.choice("format", tuple(EXPORTERS), "jsonl", "How; har takes captures only."),
        parameters.matching(),
    ]
    said = call("Captures", "export", "Everything in one file, oldest first", None, lookup=True, query=query)
    said["description"] = (
        "Streamed; what arrives meanwhile is left to the next export. jsonl: the objects of `GET"
        " .../captures/{n}`, or of the message list, one a line. csv: the fields of a summary in their order, lists"
        " and objects as JSON, null as an empty cell; a cell that a spreadsheet would take for a formula begins with"
        " an apostrophe, phone numbers stay as they are. har: HAR 1.2, bodies that are no text as base64. A"
        " connection that breaks off in front of the last chunk means that the file is not whole."
    )
    said["responses"]["200"]["content"] = {each.content_type: {"schema": {}} for each in EXPORTERS.values()}
    return said
