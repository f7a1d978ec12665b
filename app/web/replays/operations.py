"""The operations of the API for replays, as the OpenAPI document has them."""

from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .inputs import ReplayInput
from .shapes import ReplayList

LIST_QUERY = (parameters.masked_capture(),)

OPERATIONS: Operations = {
    ("post", "/api/v1/bins/{bin}/replays"): Operation(
        tag="Captures",
        id="replay",
        summary="Send captures again, exactly as received",
        success=Success(status=201, shape=ReplayList),
        body=ReplayInput,
        errors=(404,),
    ),
    ("get", "/api/v1/bins/{bin}/captures/{n}/attempts"): Operation(
        tag="Captures",
        id="listAttempts",
        summary="The last 100 attempts to send a capture, by replays and forwards, and their responses",
        success=Success(shape=ReplayList),
        query=LIST_QUERY,
        errors=(404,),
    ),
}
