"""What the form of a mapping lists: the fields of one request, and the status words of the last ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...domain.captures import RawRequest
from ...domain.mappings import MAX_ADDRESS
from ...providers.custom import suggest, usual_meaning
from ...providers.kit.addresses import HEADER, FieldIndex, general_name, read_address, request_fields
from ...providers.kit.glance import Glance
from ...services.mapping_preview import PreviewRow, SeenWord
from .form import SHOWN, ChosenField, MappingDraft

MAX_SHOWN = 120
"""Characters of a value that the form shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """A field to choose a use for. `values`: how many there are with this address; 0: not in this request. `rank` is
    that of `ChosenField`."""

    address: str
    value: str
    values: int
    use: str
    rank: int

    @property
    def is_header(self) -> bool:
        """Whether it is a header of the request."""
        return self.address.startswith(HEADER)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRow:
    """A status word to choose a meaning for. `usual`: the status that it has without one, "" for none. `final` is that
    of the form."""

    text: str
    count: int
    means: str
    usual: str
    final: str


def field_rows(raw: RawRequest | None, draft: MappingDraft) -> Sequence[FieldRow]:
    """The fields of a request, and then the chosen ones that it does not have."""
    chosen = {each.address.lower(): each for each in reversed(draft.fields)}
    glance = None if raw is None else Glance(raw)
    rows = [] if glance is None else list(_rows_of(glance, chosen))
    there = {row.address.lower() for row in rows}
    index = FieldIndex(()) if glance is None else FieldIndex(request_fields(glance))
    for each in draft.fields:
        if each.address.lower() not in there:
            found = [value for _, value in index.matches(read_address(each.address))]
            rows.append(_row(each.address, found, each))
    return sorted(rows, key=lambda row: row.is_header)


def suggested_uses(rows: Sequence[PreviewRow]) -> Mapping[str, str]:
    """What the fields of these requests probably are, by address; the first request decides."""
    uses: dict[str, str] = {}
    for row in rows:
        for address, use in suggest(Glance(row.capture.raw), row.usual.events).items():
            uses.setdefault(address, use)
    return uses


def word_rows(draft: MappingDraft, seen: Sequence[SeenWord]) -> Sequence[WordRow]:
    """The status words of the form, the most frequent first."""
    counts = {word.text: word.count for word in seen}
    rows = [
        WordRow(
            text=word.text,
            count=counts.get(word.text, 0),
            means=word.means,
            usual=usual.status.value if (usual := usual_meaning(word.text)) else "",
            final="" if word.final is None else str(word.final).lower(),
        )
        for word in draft.words
    ]
    return sorted(rows, key=lambda row: -row.count)


def _rows_of(glance: Glance, chosen: Mapping[str, ChosenField]) -> Iterator[FieldRow]:
    values: dict[str, list[str]] = {}
    for field in request_fields(glance):
        address = general_name(glance, field.name)
        if 0 < len(address) <= MAX_ADDRESS and (address in values or len(values) < SHOWN):
            values.setdefault(address, []).append(field.value)
    for address, found in values.items():
        yield _row(address, found, chosen.get(address.lower()))


def _row(address: str, values: Sequence[str], chosen: ChosenField | None) -> FieldRow:
    value = next(filter(None, values), "")
    return FieldRow(
        address=address,
        value=value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 1] + "…",
        values=len(values),
        use=chosen.use if chosen else "",
        rank=chosen.rank if chosen else 99,
    )
