"""The operation of the API for the live view, as the OpenAPI document has it."""

from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .shapes import CaptureFrame, ClearedFrame, DeletedFrame, Hello, MessageFrame, MessageGoneFrame, Reset

LIVE_QUERY = (parameters.number("after", "Changes after this seq; without it, only later changes."),)

OPERATIONS: Operations = {
    ("get", "/api/v1/bins/{bin}/live"): Operation(
        tag="Live",
        id="live",
        summary="Follow a bin (WebSocket)",
        description=(
            "Upgrades to a WebSocket. The first frame is `hello` with the bin's seq, followed by one frame per change."
            " The seq always increases and may skip numbers. A capture is sent with its first seq, and again when its"
            " outcome is known. `reset`: the cursor is not valid; reload and continue from the seq of this frame."
            " Ignore unknown types. A foreign Origin is refused; without an Origin, a bearer token is required."
        ),
        success=Success(status=101),
        query=LIVE_QUERY,
        errors=(404, 409),
        frames=(Hello, CaptureFrame, MessageFrame, MessageGoneFrame, DeletedFrame, ClearedFrame, Reset),
    ),
}
