"""The operations of the API for listeners, as the OpenAPI document has them."""

from ...domain.listeners import SEND_WINDOW
from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .shapes import (
    ListenerBodyFrame,
    ListenerCaptureFrame,
    ListenerEventsFrame,
    ListenerHelloFrame,
    ListenerList,
    ListenerRemovedFrame,
    ListenerReplacedFrame,
)

LISTEN_QUERY = (
    parameters.in_query("name", "The name of the listener.", type="string", pattern="^[A-Za-z0-9._-]{1,60}$")
    | {"required": True},
    parameters.number("after", "Begin after this capture; without it where the listener was, at first with the next."),
    parameters.in_query("match", "Only captures that match this filter.", type="string", maxLength=1_000),
    parameters.in_query("role", "Only captures of these roles, with commas between them.", type="string"),
    parameters.choice("event", ("0", "1"), "0", "1: each capture with its events, of one form for all providers."),
    parameters.choice("answer", ("0", "1"), "0", "1: the answer of the program goes to the provider."),
)

OPERATIONS: Operations = {
    ("get", "/api/v1/bins/{bin}/listen"): Operation(
        tag="Listeners",
        id="listen",
        summary="Get the captures of a bin, each until it is acknowledged (WebSocket)",
        description=(
            "Upgrades to a WebSocket. The first frame is `hello`; then captures follow in the order of their numbers,"
            f" at most {SEND_WINDOW} that are not acknowledged. The client sends"
            ' `{"t":"result","n":42,"status":200,"headers":[],"body":"…","more":false,"ms":31}`'
            ' or `{"t":"failed","n":42,"why":"refused","ms":3}`, and after it `{"t":"ack","n":42}`;'
            ' `{"t":"drop","n":42}` acknowledges without a result, `{"t":"replay_last"}` asks for the last capture'
            " once more. What is not acknowledged is sent again with the next connection, its `attempt` one higher."
            " Close codes: 4401 the credential has ended, 4404 the bin was deleted, 4409 a newer connection has the"
            " name, 4410 taken off, 1001 the server stops. Ignore unknown types. The guide *Listening* has the whole"
            " protocol."
        ),
        success=Success(status=101),
        query=LISTEN_QUERY,
        errors=(404, 409),
        frames=(
            ListenerHelloFrame, ListenerCaptureFrame, ListenerBodyFrame, ListenerEventsFrame, ListenerReplacedFrame,
            ListenerRemovedFrame,
        ),
    ),
    ("get", "/api/v1/bins/{bin}/listeners"): Operation(
        tag="Listeners", id="listListeners", summary="The listeners of a bin, connected or not",
        success=Success(shape=ListenerList), errors=(404,),
    ),
    ("delete", "/api/v1/bins/{bin}/listeners/{name}"): Operation(
        tag="Listeners",
        id="removeListener",
        summary="Take a listener off: its connection ends and its cursor is forgotten; attempts stay",
        success=Success(status=204),
        errors=(404,),
    ),
}  # fmt: skip
