"""The operation of the API for the live view, as the OpenAPI document has it."""

from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .shapes import CaptureFrame, ClearedFrame, DeletedFrame, Hello, MessageFrame, MessageGoneFrame, Reset

LIVE_QUERY = (parameters.number("after", "Changes after this seq; without it, later changes only."),)

OPERATIONS: Operations = {
    ("get", "/api/v1/bins/{bin}/live"): Operation(
        tag="Live",
        id="live",
        summary="Follow a bin (WebSocket)",
        description=(
            "An upgrade to a WebSocket. The first frame is `hello` with the bin's seq; then one frame a change, with a"
            " seq that rises strictly and may skip. A capture comes with its first seq, and again when its outcome is"
            " known. `reset`: the cursor means nothing here; reload and follow from its seq. Ignore unknown types. A"
            " foreign Origin is refused; without Origin a bearer is needed."
        ),
        success=Success(status=101),
        query=LIVE_QUERY,
        errors=(404, 409),
        frames=(Hello, CaptureFrame, MessageFrame, MessageGoneFrame, DeletedFrame, ClearedFrame, Reset),
    ),
}
