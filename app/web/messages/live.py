"""Edits of the list of messages."""

from collections.abc import Set as AbstractSet

from ..live.edits import Edit, Work, gone, last_messages, macro_of, yield_to_loop
from ..site.filters import suffix_of


async def edits(work: Work) -> list[Edit]:
    """Rows of messages: `put` shows a row, `leave` removes one that no longer matches the filter."""
    last = last_messages(work.changes)
    shown: AbstractSet[int] = last.keys()
    if work.state.query is not None and last:
        shown = await work.store.matching_messages(work.bin.id, work.state.query, list(last))
    render = macro_of(work.environment, "messages/_row.html", "message_row")
    suffix = suffix_of(work.state.q)
    edits: list[Edit] = []
    for message in last.values():
        await yield_to_loop(edits)
        masked = work.state.masking.listed_message(message)
        html = render(masked, work.bin, work.state.base, suffix)
        edits.append({"op": "put" if message.id in shown else "leave", "place": "rows", "html": html})
    return edits + gone(work.changes)
