"""The overview of a bin: its volume, failures by error code, times to the final status, and the fallback. Everything
is read from counts, and each number leads to the list that has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from ... import clock, keys
from ...domain.bins import Bin
from ...domain.overview import FailureCount, FallbackShare, Overview, SourceCount
from ...domain.roles import Role
from ...domain.search import with_value
from ...domain.units import share_text
from ...domain.volume import TimeSpan, Volume, filled
from ...providers import sheet_of
from ..site.filters import FAILED, OUTBOUND, suffix_of
from ..site.templates import render, site_of, urls_of
from ..site.volume import VolumePicture, draw_volume, terms_of
from ..words.titles import ROLE_TITLES, provider_name
from .drawing import ColumnPicture, draw_fallbacks, draw_finals
from .ranges import BY_NAME, RANGES, OverviewRange

FALLBACK_URLS = "role:fallback,voice-fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A role or a provider in words; `text` is the filter that finds its requests. `share`: of all, in percent."""

    title: str
    count: SourceCount
    text: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRow:
    """An error code with its meaning (None: not known); `text` is the filter that finds its messages."""

    provider: str
    failure: FailureCount
    meaning: str | None
    text: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    """`times` are the terms of a filter for the whole time."""

    bin: Bin
    urls: dict[Role, str]
    range: OverviewRange
    overview: Overview
    picture: VolumePicture
    finals: ColumnPicture
    fallbacks: ColumnPicture
    roles: Sequence[SourceRow]
    providers: Sequence[SourceRow]
    failures: Sequence[FailureRow]
    times: str
    ranges: Sequence[OverviewRange] = RANGES

    def share(self, one: FallbackShare) -> str:
        """The share of the fallback in words."""
        return share_text(one.share or 0.0)

    def requests(self, *terms: str) -> str:
        """The query string of the list that has these requests."""
        return suffix_of(" ".join((*terms, self.times)))

    def between(self, since: datetime, until: datetime, *terms: str) -> str:
        """The same for a part of the time."""
        return suffix_of(" ".join((*terms, terms_of(since, until))))


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/overview?range=7d"""
    store, now = request.app[keys.STORE], clock.now()
    bin = await store.get_bin(request.match_info["bin"])
    range = BY_NAME.get(request.query.get("range", ""), RANGES[0])
    overview = await store.get_overview(bin.id, range.span(now))
    span = overview.span
    # The bars are narrower than the hours or days of the rest.
    bars = TimeSpan.around(span.since, min(span.until, now + timedelta(minutes=1)))
    volume = Volume(span=bars, counts=filled(bars, await store.count_intervals(bin.id, bars)))
    mapping = request.app[keys.MAPPINGS].of(bin.id)
    name = mapping.name if mapping else None
    times = terms_of(span.since, span.until)
    page = OverviewPage(
        bin=bin,
        urls=urls_of(site_of(request).root, bin),
        range=range,
        overview=overview,
        picture=draw_volume(volume),
        finals=draw_finals(span, overview.finals),
        fallbacks=draw_fallbacks(span, overview.fallbacks),
        roles=[_role(one, overview, times) for one in overview.roles],
        providers=[_provider(one, overview, times, name) for one in overview.providers],
        failures=[_failure(one, overview, times, name) for one in overview.failures],
        times=times,
    )
    return render(request, "overview/index.html", page)


def meaning_of(failure: FailureCount) -> str | None:
    """What the provider documents about an error code; None where that is not known."""
    sheet = sheet_of(failure.provider)
    return None if sheet is None or failure.code is None else sheet.errors.get(failure.code)


def _role(one: SourceCount, overview: Overview, times: str) -> SourceRow:
    role = Role(one.name or "")
    return SourceRow(
        title=ROLE_TITLES[role], count=one, text=f"role:{role.value} {times}", share=_share(one.total, overview)
    )


def _provider(one: SourceCount, overview: Overview, times: str, mapping: str | None) -> SourceRow:
    title = "Not recognized" if one.name is None else provider_name(one.name, mapping)
    # A capture without a provider matches no value.
    text = f"provider:{one.name}" if one.name else "-" + "provider:" + ",".join(_named(overview))
    return SourceRow(title=title, count=one, text=f"{text} {times}".strip(), share=_share(one.total, overview))


def _named(overview: Overview) -> list[str]:
    return [one.name for one in overview.providers if one.name] or ["generic"]


def _failure(one: FailureCount, overview: Overview, times: str, mapping: str | None) -> FailureRow:
    text = f"{FAILED} {OUTBOUND} {times}"
    return FailureRow(
        provider=provider_name(one.provider, mapping),
        failure=one,
        meaning=meaning_of(one),
        text=(with_value(text, one.code) if one.code else None) or text,
        share=100 * one.messages / overview.failed_messages,
    )


def _share(total: int, overview: Overview) -> float:
    return 100 * total / overview.volume.total
