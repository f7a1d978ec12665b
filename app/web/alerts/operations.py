"""The operations of the API for alerts, as the OpenAPI document has them."""

from ..site.operations import Operation, Operations, Success
from .inputs import AlertChange, AlertInput
from .shapes import AlertList, AlertShape, NoticeList, NoticeShape

_ALERTS = "/api/v1/bins/{bin}/alerts"
_ALERT = _ALERTS + "/{id}"

OPERATIONS: Operations = {
    ("get", _ALERTS): Operation(
        tag="Alerts", id="listAlerts", summary="The alerts of a bin", success=Success(shape=AlertList), errors=(404,),
    ),
    ("post", _ALERTS): Operation(
        tag="Alerts",
        id="addAlert",
        summary="Send notices when a condition on a bin holds, and when it has ended",
        success=Success(status=201, shape=AlertShape, has_location=True),
        body=AlertInput,
        errors=(404, 409),
    ),
    ("get", _ALERT): Operation(
        tag="Alerts", id="getAlert", summary="One alert", success=Success(shape=AlertShape), errors=(404,)
    ),
    ("patch", _ALERT): Operation(
        tag="Alerts", id="changeAlert", summary="Change an alert",
        description="With another condition it starts from the beginning; its history stays.",
        success=Success(shape=AlertShape), body=AlertChange, errors=(404,),
    ),
    ("delete", _ALERT): Operation(
        tag="Alerts", id="deleteAlert", summary="Delete an alert with its history", success=Success(status=204),
        errors=(404,),
    ),
    ("post", _ALERT + "/pause"): Operation(
        tag="Alerts", id="pauseAlert", summary="Look at nothing until it is resumed", success=Success(shape=AlertShape),
        errors=(404,),
    ),
    ("post", _ALERT + "/resume"): Operation(
        tag="Alerts", id="resumeAlert", summary="Look at what arrives from now on", success=Success(shape=AlertShape),
        errors=(404,),
    ),
    ("post", _ALERT + "/test"): Operation(
        tag="Alerts",
        id="testAlert",
        summary="Send a test to all targets, and return the results",
        description="In quiet hours too. A target is tried once.",
        success=Success(shape=NoticeShape),
        errors=(404,),
    ),
    ("get", _ALERT + "/history"): Operation(
        tag="Alerts", id="listNotices", summary="The notices of an alert, newest first",
        description="The last 100 notices, each with its deliveries.",
        success=Success(shape=NoticeList), errors=(404,),
    ),
}  # fmt: skip
