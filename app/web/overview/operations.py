"""The operations of the API for counts by time, as the OpenAPI document has them."""

from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .ranges import BY_NAME, RANGES
from .shapes import OverviewShape, VolumeShape

VOLUME_QUERY = (parameters.matching(),)
OVERVIEW_QUERY = (
    parameters.choice("range", tuple(BY_NAME), RANGES[0].name, "The last 24 hours, or the last days with today (UTC)."),
)

OPERATIONS: Operations = {
    ("get", "/api/v1/bins/{bin}/volume"): Operation(
        tag="Counts",
        id="getVolume",
        summary="Captures by time and result",
        description=(
            "At most 128 intervals of equal length over the times in `q` (`after:` and `before:`), else over everything"
            " that is stored. Without other terms they are counts that smsbin keeps; with others, the matches are"
            " counted."
        ),
        success=Success(shape=VolumeShape),
        query=VOLUME_QUERY,
        errors=(404,),
    ),
    ("get", "/api/v1/bins/{bin}/overview"): Operation(
        tag="Counts",
        id="getOverview",
        summary="Volume, failures by error code, times to the final status, and the fallback",
        success=Success(shape=OverviewShape),
        query=OVERVIEW_QUERY,
        errors=(404,),
    ),
}
