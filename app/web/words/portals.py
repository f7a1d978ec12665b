"""Where to paste a bin's URLs: the portal fields and the behaviour of each provider, from its data sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...domain.bins import Bin
from ...domain.providers import PROVIDER_TITLES
from ...domain.roles import Role
from ...providers import PROVIDERS
from ...providers.sheet import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyPage:
    """A bin before its first request; `sheet` is the provider whose fields are shown, `sheets` are all of them."""

    bin: Bin
    urls: Mapping[Role, str]
    sheets: Sequence[Sheet]
    sheet: Sheet


def sheets() -> Sequence[Sheet]:
    """The data sheets in the order of the choice of providers."""
    return [PROVIDERS[name] for name in PROVIDER_TITLES if name in PROVIDERS]


def chosen_sheet(bin: Bin, wanted: str | None) -> Sheet:
    """The requested data sheet, else that of the bin's provider, else the first."""
    return PROVIDERS.get(wanted or "") or PROVIDERS.get(bin.provider or "") or sheets()[0]


def empty_page(bin: Bin, urls: Mapping[Role, str], wanted: str | None) -> EmptyPage:
    """The page of an empty bin."""
    return EmptyPage(bin=bin, urls=urls, sheets=sheets(), sheet=chosen_sheet(bin, wanted))
