"""The operations of the API for sessions, as the OpenAPI document has them."""

from ..site.operations import Operation, Operations, Success
from .shapes import SessionList

_SESSIONS = "/api/v1/sessions"

OPERATIONS: Operations = {
    ("get", _SESSIONS): Operation(
        tag="Access", id="listSessions", summary="The signed-in browsers", success=Success(shape=SessionList)
    ),
    ("delete", _SESSIONS + "/{id}"): Operation(
        tag="Access",
        id="endSession",
        summary="Sign a browser out",
        description="Its open connections end immediately.",
        success=Success(status=204),
        errors=(404,),
    ),
}
