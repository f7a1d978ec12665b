"""The operations of the API for signing secrets, as the OpenAPI document has them."""

from ..site.operations import Operation, Operations, Success
from .inputs import SecretInput
from .shapes import SecretList, SecretShape

_SECRETS = "/api/v1/bins/{bin}/secrets"
_SECRET = _SECRETS + "/{label}"

OPERATIONS: Operations = {
    ("get", _SECRETS): Operation(
        tag="Signatures",
        id="listSecrets",
        summary="The signing secrets of a bin: labels, never values",
        success=Success(shape=SecretList),
        errors=(404,),
    ),
    ("put", _SECRET): Operation(
        tag="Signatures",
        id="setSecret",
        summary="Store a signing secret, or replace the one with this label",
        description="Stored requests get their new verdicts. The call returns when they have, or after two seconds.",
        success=Success(shape=SecretShape),
        body=SecretInput,
        errors=(404,),
    ),
    ("delete", _SECRET): Operation(
        tag="Signatures",
        id="removeSecret",
        summary="Remove a signing secret",
        success=Success(status=204),
        errors=(404,),
    ),
}
