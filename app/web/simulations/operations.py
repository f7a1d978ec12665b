"""The operations of the API for simulations, as the OpenAPI document has them."""

from ..site.operations import Operation, Operations, Success
from .inputs import SimulationInput
from .shapes import SimulationList, SimulationShape

_SIMULATIONS = "/api/v1/bins/{bin}/simulations"
_SIMULATION = _SIMULATIONS + "/{id}"

OPERATIONS: Operations = {
    ("get", _SIMULATIONS): Operation(
        tag="Simulations",
        id="listSimulations",
        summary="List the latest runs",
        success=Success(shape=SimulationList),
        errors=(404,),
    ),
    ("post", _SIMULATIONS): Operation(
        tag="Simulations",
        id="simulate",
        summary="Simulate a provider",
        success=Success(status=202, shape=SimulationShape, has_location=True),
        body=SimulationInput,
        errors=(404, 409),
    ),
    ("get", _SIMULATION): Operation(
        tag="Simulations",
        id="getSimulation",
        summary="Progress of a run",
        success=Success(shape=SimulationShape),
        errors=(404,),
    ),
    ("delete", _SIMULATION): Operation(
        tag="Simulations", id="stopSimulation", summary="Stop a run", success=Success(status=204), errors=(404,)
    ),
}
