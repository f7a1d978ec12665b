"""Where to paste a bin's URLs: the portal fields and the behaviour of each provider, from its data sheet."""

from collections.abc import Sequence

from ...domain.bins import Bin
from ...domain.providers import PROVIDER_TITLES
from ...providers import PROVIDERS
from ...providers.sheet import Sheet


def sheets() -> Sequence[Sheet]:
    """The data sheets in the order of the choice of providers."""
    return [PROVIDERS[name] for name in PROVIDER_TITLES if name in PROVIDERS]


def chosen_sheet(bin: Bin, wanted: str | None) -> Sheet:
    """The requested data sheet, else that of the bin's provider, else the first."""
    return PROVIDERS.get(wanted or "") or PROVIDERS.get(bin.provider or "") or sheets()[0]
