"""The operation of the API for pairings, as the OpenAPI document has it."""

from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .shapes import ONLY, ComparisonShape

LIST_QUERY = (
    parameters.limit(),
    parameters.cursor("before"),
    parameters.in_query("only", "Pairings with a problem, or with one verdict.", type="string", enum=list(ONLY)),
)

OPERATIONS: Operations = {
    ("get", "/api/v1/bins/{bin}/comparison"): Operation(
        tag="Comparison",
        id="listPairings",
        summary="List pairings, newest first, with the summary of the bin",
        success=Success(shape=ComparisonShape),
        query=LIST_QUERY,
        errors=(404,),
    ),
}
