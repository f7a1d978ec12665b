"""The operations of the API for field mappings, as the OpenAPI document has them."""

from ...domain.mappings import FieldMapping
from ..site.operations import Operation, Operations, Success
from .shapes import MappingPreview, MappingShape

_MAPPING = "/api/v1/bins/{bin}/mapping"

OPERATIONS: Operations = {
    ("get", _MAPPING): Operation(
        tag="Mappings", id="getMapping", summary="The field mapping of a bin", success=Success(shape=MappingShape),
        errors=(404, 409),
    ),
    ("put", _MAPPING): Operation(
        tag="Mappings",
        id="setMapping",
        summary="Set the field mapping of a bin, and parse its captures again",
        description="Waits up to two seconds until lists and filters have the new readings; `GET …/reread` says when.",
        success=Success(shape=MappingShape),
        body=FieldMapping,
        errors=(404,),
    ),
    ("delete", _MAPPING): Operation(
        tag="Mappings",
        id="removeMapping",
        summary="Remove the field mapping of a bin, and parse its captures again",
        success=Success(status=204),
        errors=(404,),
    ),
    ("post", _MAPPING + "/preview"): Operation(
        tag="Mappings",
        id="previewMapping",
        summary="How the last 20 captures would be parsed by a mapping, without saving it",
        success=Success(shape=MappingPreview),
        body=FieldMapping,
        errors=(404,),
    ),
    ("get", "/api/v1/schemas/mapping.json"): Operation(
        tag="Mappings",
        id="mappingSchema",
        summary="The JSON Schema of a field mapping",
        success=Success(media=("application/schema+json",)),
        is_public=True,
    ),
}  # fmt: skip
