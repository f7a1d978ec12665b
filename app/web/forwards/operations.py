"""The operations of the API for forwards, as the OpenAPI document has them."""

from ..replays.shapes import ReplayShape
from ..site.operations import Operation, Operations, Success
from .inputs import ForwardChange, ForwardInput, ForwardRetry, ForwardTest
from .shapes import ForwardList, ForwardShape, RetriedShape

_FORWARDS = "/api/v1/bins/{bin}/forwards"
_FORWARD = _FORWARDS + "/{id}"

OPERATIONS: Operations = {
    ("get", _FORWARDS): Operation(
        tag="Forwards", id="listForwards", summary="The forwards of a bin", success=Success(shape=ForwardList),
        errors=(404,),
    ),
    ("post", _FORWARDS): Operation(
        tag="Forwards",
        id="addForward",
        summary="Send the captures of a bin to a URL, each until it has arrived",
        success=Success(status=201, shape=ForwardShape, has_location=True),
        body=ForwardInput,
        errors=(404, 409),
    ),
    ("get", _FORWARD): Operation(
        tag="Forwards", id="getForward", summary="One forward", success=Success(shape=ForwardShape), errors=(404,)
    ),
    ("patch", _FORWARD): Operation(
        tag="Forwards",
        id="changeForward",
        summary="Change a forward",
        description="Changes apply to every capture that is not sent yet. With another URL its failures are forgotten.",
        success=Success(shape=ForwardShape),
        body=ForwardChange,
        errors=(404,),
    ),
    ("delete", _FORWARD): Operation(
        tag="Forwards", id="deleteForward", summary="Delete a forward; attempts stay with their captures",
        success=Success(status=204), errors=(404,),
    ),
    ("post", _FORWARD + "/pause"): Operation(
        tag="Forwards", id="pauseForward", summary="Send nothing until it is resumed; nothing is lost",
        success=Success(shape=ForwardShape), errors=(404,),
    ),
    ("post", _FORWARD + "/resume"): Operation(
        tag="Forwards", id="resumeForward", summary="Send again, and immediately what waits for a next attempt",
        success=Success(shape=ForwardShape), errors=(404,),
    ),
    ("post", _FORWARD + "/test"): Operation(
        tag="Forwards",
        id="testForward",
        summary="Send one capture to the target now",
        description="Whatever the state of the forward is; with mode event the first event of the capture. The state of"
        " the capture with the forward does not change.",
        success=Success(shape=ReplayShape),
        body=ForwardTest,
        errors=(404, 409),
    ),
    ("post", _FORWARD + "/retry"): Operation(
        tag="Forwards", id="retryForward", summary="Send again immediately what failed",
        success=Success(shape=RetriedShape), body=ForwardRetry, errors=(404,),
    ),
    ("get", "/api/v1/schemas/event.json"): Operation(
        tag="Forwards",
        id="eventSchema",
        summary="The JSON Schema of the events that a forward with mode event sends",
        success=Success(media=("application/schema+json",)),
        is_public=True,
    ),
}  # fmt: skip
