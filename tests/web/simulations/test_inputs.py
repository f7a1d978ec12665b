"""What a call or a form may say about a simulation."""

import pytest

from app.domain.simulations import FAILED_SHARE, MOST_A_SECOND, MOST_MESSAGES, Targets, Traffic, Trouble
from app.errors import Invalid
from app.web.simulations.inputs import MOST_MEDIA, MOST_PARTY, MOST_SEED, MOST_SPEED, MOST_TEXT, SimulationInput
from app.web.site.convert import convert

USUAL = {"provider": "ytel", "what": "inbound"}


def problems(**raw: object) -> list[str]:
    with pytest.raises(Invalid) as error:
        convert(USUAL | raw, SimulationInput).simulation()
    return [name for name, _ in error.value.problems]


def test_what_is_left_out_has_its_default_and_a_seed_of_its_own() -> None:
    made = convert(USUAL, SimulationInput).simulation()
    assert (made.what, made.count, made.rate, made.speed) == (Traffic.INBOUND, 1, 5, 1)
    assert (made.sender, made.media, made.trouble, made.failed_share) == (None, (), frozenset(), FAILED_SHARE)
    assert len({convert(USUAL, SimulationInput).simulation().seed for _ in range(20)}) > 1


def test_it_becomes_what_the_domain_takes() -> None:
    raw = USUAL | {"from": "+1", "to": "X", "media": ["a", "b"], "seed": 0, "trouble": ["lose", "get", "lose"]}
    made = convert(raw, SimulationInput).simulation()
    assert (made.sender, made.recipient, made.media, made.seed) == ("+1", "X", ("a", "b"), 0)
    assert made.trouble == {Trouble.LOSE, Trouble.GET}


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("from", "x" * MOST_PARTY, "x" * (MOST_PARTY + 1)),
        ("to", "x", ""),
        ("to", "ü", "\n"),
        ("text", "x" * MOST_TEXT, "x" * (MOST_TEXT + 1)),
        ("text", "🎉", "\ud83c"),
        ("media", ["a"] * MOST_MEDIA, ["a"] * (MOST_MEDIA + 1)),
        ("media", ["a" * 2_000], ["a" * 2_001]),
        ("media", ["a"], ["a\t"]),
        ("count", MOST_MESSAGES, MOST_MESSAGES + 1),
        ("rate", MOST_A_SECOND, MOST_A_SECOND + 0.1),
        ("seed", MOST_SEED, MOST_SEED + 1),
        ("speed", MOST_SPEED, MOST_SPEED + 0.1),
        ("failed_share", 1, 1.01),
    ],
)
def test_a_value_at_its_limit_is_taken_and_one_behind_it_is_not(field: str, good: object, bad: object) -> None:
    convert(USUAL | {field: good}, SimulationInput)
    assert problems(**{field: bad}) == [field]


def test_every_url_that_cannot_be_sent_to_is_named() -> None:
    raw = USUAL | {"targets": {"primary": "ftp://a", "fallback": "https://a.test/x#y", "status": "http://a:22/"}}
    with pytest.raises(Invalid) as error:
        convert(raw, SimulationInput).own_targets()
    assert [name for name, _ in error.value.problems] == ["targets.primary", "targets.status"]
    raw = USUAL | {"targets": {"primary": "https://a.test/x#y", "fallback": None, "status": ""}}
    assert convert(raw, SimulationInput).own_targets() == Targets(primary="https://a.test/x")
    assert convert(USUAL, SimulationInput).own_targets() is None


def test_calls_are_for_providers_that_have_them_here() -> None:
    assert problems(provider="sinch", what="voice") == ["what"]
