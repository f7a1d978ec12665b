"""The operations of the API for privacy settings, as the OpenAPI document has them."""

from ..site.operations import Operation, Operations, Success
from .inputs import PrivacyInput
from .shapes import PrivacyShape

_PRIVACY = "/api/v1/bins/{bin}/privacy"

OPERATIONS: Operations = {
    ("get", _PRIVACY): Operation(
        tag="Bins",
        id="getPrivacy",
        summary="What a bin masks, and what it never stores",
        success=Success(shape=PrivacyShape),
        errors=(404,),
    ),
    ("put", _PRIVACY): Operation(
        tag="Bins",
        id="setPrivacy",
        summary="Set what a bin masks, and what it never stores",
        description="Masking applies to all requests, also to earlier ones. What is never stored applies to requests"
        " that arrive from now on: a value is replaced by `[not stored]` before the request is stored, in any encoding."
        " A body of which that is not certain is left out, and its size and SHA-256 are stored.",
        success=Success(shape=PrivacyShape),
        body=PrivacyInput,
        errors=(404,),
    ),
}
