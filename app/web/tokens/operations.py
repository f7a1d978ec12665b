"""The operations of the API for tokens, as the OpenAPI document has them."""

from ..site.operations import Operation, Operations, Success
from .inputs import TokenInput
from .shapes import NewTokenShape, TokenList

_TOKENS = "/api/v1/tokens"

OPERATIONS: Operations = {
    ("get", _TOKENS): Operation(
        tag="Access",
        id="listTokens",
        summary="The named tokens",
        description="The access token of the installation is not among them.",
        success=Success(shape=TokenList),
    ),
    ("post", _TOKENS): Operation(
        tag="Access",
        id="createToken",
        summary="Create a token",
        success=Success(status=201, shape=NewTokenShape, has_location=True),
        body=TokenInput,
    ),
    ("delete", _TOKENS + "/{id}"): Operation(
        tag="Access",
        id="revokeToken",
        summary="Revoke a token",
        description="Its sessions and open connections end immediately.",
        success=Success(status=204),
        errors=(404,),
    ),
}
