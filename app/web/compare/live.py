"""Edits of the list of pairings."""

from ...domain.captures import Captured
from ...domain.messages.model import Direction
from ..live.edits import Edit, Work, gone, last_messages, macro_of, yield_to_loop
from ..words.pairings import row_of


async def edits(work: Work) -> list[Edit]:
    """Rows of pairs whose requests are new or were answered, or whose message changed (a late fallback): `put` shows a
    row, `leave` removes one that is no longer in the view."""
    captured = {change.row.n for change in work.changes if isinstance(change, Captured)}
    changed = {
        message.last_n for message in last_messages(work.changes).values() if message.direction is Direction.INBOUND
    }
    numbers = sorted(captured | changed)
    render = macro_of(work.environment, "compare/_row.html", "pairing_row")
    show = work.state.show
    edits: list[Edit] = []
    pairings = await work.store.pairings_of(work.bin.id, numbers, wait=False) if numbers else ()
    for pairing in pairings:
        await yield_to_loop(edits)
        shown_row = row_of(work.state.masking.pairing(pairing))
        html = render(shown_row, work.bin, work.state.base, show.suffix)
        shown = show.verdicts is None or pairing.verdict in show.verdicts
        edits.append({"op": "put" if shown else "leave", "place": "rows", "html": html})
    return edits + gone(work.changes)
