"""The operations of the API for annotations, as the OpenAPI document has them."""

from ..site.operations import Operation, Operations, Success
from .inputs import AnnotateInput, AnnotationInput
from .shapes import AnnotatedShape, AnnotationShape

_CAPTURES = "/api/v1/bins/{bin}/captures"

OPERATIONS: Operations = {
    ("put", _CAPTURES + "/{n}/annotation"): Operation(
        tag="Captures",
        id="setAnnotation",
        summary="Set the annotation of a capture: pin, note and tags",
        description="Nothing that was received changes. The annotation is kept when the bin is parsed again, and is"
        " deleted with the capture; a pin does not protect from the retention.",
        success=Success(shape=AnnotationShape),
        body=AnnotationInput,
        errors=(404,),
    ),
    ("post", _CAPTURES + "/annotate"): Operation(
        tag="Captures",
        id="annotateCaptures",
        summary="Change the annotations of several captures",
        description="By `numbers`, or by a filter; then repeat the call with `next` as `after` until it is null.",
        success=Success(shape=AnnotatedShape),
        body=AnnotateInput,
        errors=(404,),
    ),
}
