"""Requests as providers send them, read as their documentation has it: a file each, the expectation and why beside it.

A sample is `tests/samples/<provider>/<name>.http` with `<name>.json`: `why`, `provider`, `kind`, `events`, `problem`
and, where the user has set the provider for the bin, `set`.
"""

import json
from pathlib import Path

import pytest

from app.providers import PROVIDERS, recognise, why

from .requests import as_told, read_sample

SAMPLES = Path(__file__).parent.parent / "samples"
FILES = sorted(SAMPLES.rglob("*.http"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sample_reads_as_documented(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text())
    raw, role = read_sample(path)
    reading = recognise(raw, role, expected.get("set"))
    told = {
        "provider": reading.provider,
        "kind": reading.kind.value,
        "events": [as_told(event) for event in reading.events],
        "problem": reading.problem,
    }
    assert told == {name: expected[name] for name in told}
    assert expected["why"], "an expectation without a reason is a guess"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sample_says_why_it_looks_like_its_provider(path: Path) -> None:
    """The reason is the end of a sentence, as the page shows it."""
    expected = json.loads(path.with_suffix(".json").read_text())
    raw, _ = read_sample(path)
    if expected["provider"] in PROVIDERS and "set" not in expected:
        reason = why(raw, expected["provider"])
        assert reason
        assert reason == reason.strip().rstrip(".")


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_has_samples(name: str) -> None:
    assert list((SAMPLES / name).glob("*.http"))
