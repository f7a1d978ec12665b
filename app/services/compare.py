"""The fields of the primary's request against those of the fallback's, and the reason of a verdict with the provider's
error code. Not in `domain/`, because the fields come from parsing.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..domain.captures import RawRequest
from ..domain.pairings.differences import METHOD, Difference, Field, differ
from ..domain.pairings.model import Pairing
from ..domain.pairings.reasons import reason_of
from ..parsing import Parsed, every_field, parse
from ..providers import sheet_of
from ..store import Store
from .large import work_on

# Pairings whose bytes are in memory at a time; between batches the event loop does other work.
BATCH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A pairing with its reason in words, and the differences of its first primary and its first fallback."""

    pairing: Pairing
    reason: str
    differences: Sequence[Difference]


async def compare(store: Store, bin_id: str, pairings: Sequence[Pairing]) -> list[Compared]:
    """Each with its differences; none without both sides."""
    found: list[Compared] = []
    for start in range(0, len(pairings), BATCH):
        batch = pairings[start : start + BATCH]
        numbers = [
            hit.n for one in batch for side in (one.primary, one.fallback) if one.gap_ms is not None for hit in side[:1]
        ]
        raws = {each.row.n: each.raw for each in await store.get_captures(bin_id, numbers)} if numbers else {}
        for pairing in batch:
            of_it = [raws[hit.n] for hit in pairing.hits if hit.n in raws]
            found.append(await work_on(of_it, _compared, pairing, raws))
            await asyncio.sleep(0)
    return found


def differences(primary: RawRequest, fallback: RawRequest, provider: str | None) -> list[Difference]:
    """Field by field: query, form, JSON leaves by their paths, XML, parts; and the method."""
    sheet = sheet_of(provider)
    found = differ(_fields(parse(primary)), _fields(parse(fallback)), frozenset() if sheet is None else sheet.varies)
    if primary.method != fallback.method:
        found.insert(0, Difference(field=METHOD, primary=primary.method, fallback=fallback.method))
    return found


def explain_verdict(pairing: Pairing, found: Sequence[Difference]) -> str:
    """The reason, with the error code that the provider sends to the fallback."""
    reason = reason_of(pairing)
    sheet = sheet_of(pairing.provider)
    code = next((each.fallback for each in found if each.field.lower() == "errorcode" and each.fallback), None)
    if sheet is None or code is None:
        return reason
    meaning = sheet.errors.get(code)
    return f"{reason} {sheet.title} reported {code}" + (f": {meaning.rstrip('.')}." if meaning else ".")


def _compared(pairing: Pairing, raws: dict[int, RawRequest]) -> Compared:
    primary, fallback = (
        [raws[hit.n] for hit in side[:1] if hit.n in raws] for side in (pairing.primary, pairing.fallback)
    )
    found = differences(primary[0], fallback[0], pairing.provider) if primary and fallback else []
    return Compared(pairing=pairing, reason=explain_verdict(pairing, found), differences=found)


def _fields(parsed: Parsed) -> Iterator[Field]:
    """Every field; the text of a body that has none."""
    yield from ((field.name, field.value) for field in every_field(parsed))
    if parsed.text and parsed.form is None and parsed.xml is None and parsed.parts is None and not parsed.is_json:
        yield "body", parsed.text
