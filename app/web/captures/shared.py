"""What all tabs of an open capture share, and how it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ...domain.captures import Capture, CaptureRow
from ...domain.events import Event
from ...domain.masking.policy import MaskingPolicy
from ...domain.masking.texts import HIDDEN
from ...domain.media import MediaFile, media_files
from ...domain.replays import Attempt
from ...domain.sms import SmsFacts, describe_sms
from ...domain.units import gap_text
from ...parsing import Parsed, parse
from ...parsing.masked import mask_parsed
from ...providers import sheet_of
from ...providers.sheet import Sheet
from ...services.large import work_on
from ...store import Store
from ..words.fields import Field, fields_of
from ..words.pairings import PairRow, row_of

RELATED = 50
ATTEMPTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another capture of the same message or call; `gap` in words, "2.1 s after this one"."""

    row: CaptureRow
    gap: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureDetail:
    """What all tabs of a capture share, masked, the counts beside their titles included. `tabs` are their titles by
    name, `tab` is the name of the open one. `headers`: name, value, and whether the whole value is masked. `is_masked`:
    something of the request is, its body is not shown, and `capture.raw` has none. `pair`: what the capture is
    compared with."""

    capture: Capture
    tabs: Mapping[str, str]
    tab: str
    parsed: Parsed
    sms: SmsFacts | None
    fields: tuple[Field, ...]
    headers: tuple[tuple[str, str, bool], ...]
    sheet: Sheet | None
    is_masked: bool = False
    related: tuple[Related, ...] = ()
    attempts: Sequence[Attempt] = ()
    pair: PairRow | None = None

    @property
    def events(self) -> Sequence[Event]:
        """What the request states."""
        return self.capture.events

    @property
    def files(self) -> Sequence[MediaFile]:
        """The pictures and files of its first event."""
        first = self.events[0] if self.events else None
        return () if first is None else media_files(first.media, first.media_types)


async def read_shared(
    store: Store, bin_id: str, capture: Capture, masking: MaskingPolicy, tabs: Mapping[str, str], tab: str
) -> CaptureDetail:
    """Read what all tabs share; `tab` is the name of the open one."""
    n = capture.row.n
    pairings = await store.pairings_of(bin_id, [n])
    return replace(
        await work_on([capture.raw], _read, capture, masking, tabs, tab),
        related=tuple(
            Related(row=masking.listed(row), gap=_gap(row.received_at - capture.raw.received_at))
            for row in await store.list_related(bin_id, n, limit=RELATED)
        ),
        attempts=[masking.attempt(each) for each in await store.list_attempts(bin_id, n, limit=ATTEMPTS)],
        pair=row_of(masking.pairing(pairings[0])) if pairings else None,
    )


def _read(capture: Capture, masking: MaskingPolicy, tabs: Mapping[str, str], tab: str) -> CaptureDetail:
    reading, raw = capture.row.reading, capture.raw
    parsed = mask_parsed(parse(raw), masking)
    sheet = sheet_of(reading.provider)
    headers = [(name.decode("latin-1"), masking.header(name, value.decode("latin-1"))) for name, value in raw.headers]
    return CaptureDetail(
        capture=masking.capture(capture) if masking.hides_bodies else capture,
        tabs=tabs,
        tab=tab,
        parsed=parsed,
        sms=None if reading.text is None else describe_sms(reading.text),
        fields=tuple(_explained(field, sheet) for field in fields_of(parsed)),
        headers=tuple((name, value, value == HIDDEN) for name, value in headers),
        sheet=sheet,
        is_masked=masking.hides_bodies,
    )


def _explained(field: Field, sheet: Sheet | None) -> Field:
    """A field with what the provider says about it; numbered names (MediaUrl3) share one meaning."""
    if sheet is None or field.where in ("XML", "part"):
        return field
    name = ".".join(part for part in field.name.lower().split(".") if not part.isdigit())
    bare = name.rstrip("0123456789")
    meaning = next((sheet.meanings[one] for one in (name, bare, f"{bare}0") if one in sheet.meanings), None)
    return replace(field, meaning=meaning, unknown=meaning is None)


def _gap(later: timedelta) -> str:
    return f"{gap_text(later)} {'after' if later >= timedelta(0) else 'before'} this one"
