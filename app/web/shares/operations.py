"""The operations of the API for shares, as the OpenAPI document has them."""

from ..site.operations import Operation, Operations, Success
from .inputs import ShareInput
from .shapes import NewShareShape, ShareList, ShareShape

_SHARES = "/api/v1/bins/{bin}/shares"

OPERATIONS: Operations = {
    ("get", _SHARES): Operation(
        tag="Shares",
        id="listShares",
        summary="The shares of a bin",
        description="Those that have not ended, without their links.",
        success=Success(shape=ShareList),
        errors=(404,),
    ),
    ("post", _SHARES): Operation(
        tag="Shares",
        id="createShare",
        summary="Share one page of a bin",
        description=(
            "Who has the link can read the page without a token, until the share ends. The page is live. The link of a"
            " share that has ended is answered with 410."
        ),
        success=Success(status=201, shape=NewShareShape, has_location=True),
        body=ShareInput,
        errors=(404,),
    ),
    ("get", _SHARES + "/{id}"): Operation(
        tag="Shares", id="getShare", summary="One share", success=Success(shape=ShareShape), errors=(404, 410)
    ),
    ("delete", _SHARES + "/{id}"): Operation(
        tag="Shares",
        id="revokeShare",
        summary="Revoke a share",
        description="Its open pages end immediately.",
        success=Success(status=204),
        errors=(404, 410),
    ),
}
