"""The registry: one line a provider, and everything else about it is found from there."""

from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import app.providers
from app.domain.providers import PROVIDER_TITLES
from app.domain.search.terms import VALUES
from app.providers import PROVIDERS, sheet_of
from app.web.bins.shapes import BinShape
from app.web.simulations.shapes import SimulationShape

FOLDER = Path(app.providers.__file__).parent


def test_every_module_with_a_data_sheet_is_registered_under_its_name() -> None:
    with_sheet = {path.stem for path in FOLDER.glob("*.py") if "SHEET = Sheet(" in path.read_text()}
    assert with_sheet == set(PROVIDER_TITLES) == set(PROVIDERS)
    assert {name: sheet.name for name, sheet in PROVIDERS.items()} == {name: name for name in PROVIDERS}


def test_sheets_are_asked_in_one_order() -> None:
    orders = [sheet.order for sheet in PROVIDERS.values()]
    assert orders == sorted(set(orders))


def test_a_title_names_the_provider_and_where_needed_its_service() -> None:
    assert (PROVIDERS["ytel"].title, PROVIDERS["messagebird"].title) == ("Ytel", "MessageBird (Bird)")


def test_nobody_and_the_guess_have_no_sheet() -> None:
    assert sheet_of(None) is sheet_of("generic") is sheet_of("") is None
    assert sheet_of("ytel") is PROVIDERS["ytel"]


def test_the_filter_knows_all_providers_and_the_guess() -> None:
    assert VALUES["provider"] == (*PROVIDER_TITLES, "custom", "generic")


@pytest.mark.parametrize("shape", [BinShape, SimulationShape])
def test_the_api_names_all_providers(shape: type) -> None:
    hint = get_type_hints(shape, include_extras=True)["provider"]
    metas = [meta for part in (hint, *get_args(hint)) for meta in getattr(part, "__metadata__", ())]
    assert [meta.extra_json_schema for meta in metas] == [{"enum": list(PROVIDER_TITLES)}]
