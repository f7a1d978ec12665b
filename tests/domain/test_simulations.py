"""The spec of a simulation: what is left out has a default that is the same every time."""

import msgspec

from app.domain.simulations import FAILED_SHARE, Progress, RunState, SimulationSpec, Traffic


def test_a_spec_of_a_provider_and_its_traffic_is_one_message_with_the_usual_share_of_failures() -> None:
    spec = SimulationSpec(provider="ytel", what=Traffic.OUTBOUND)
    assert (spec.count, spec.seed, spec.speed, spec.failed_share, spec.trouble) == (
        1,
        0,
        1.0,
        FAILED_SHARE,
        frozenset(),
    )
    assert msgspec.json.decode(msgspec.json.encode(spec), type=SimulationSpec) == spec


def test_the_results_of_two_runs_are_kept_apart() -> None:
    one, other = Progress(total=1), Progress(total=1)
    assert one.state is RunState.RUNNING
    assert one.results is not other.results
