"""Edits of the list of conversations, and of the open one."""

from ...domain.messages.model import Conversation, Message
from ..live.edits import Edit, Work, gone, last_messages, macro_of, yield_to_loop
from .page import bubble_of, show_pair


async def edits(work: Work) -> list[Edit]:
    """Rows of conversations, and the bubbles of the open one."""
    edits: list[Edit] = []
    pair_row = macro_of(work.environment, "conversations/_pair.html", "pair_row")
    bubble_item = macro_of(work.environment, "conversations/_bubble.html", "bubble_item")
    masking = work.state.masking
    newest: dict[tuple[str, str], Message] = {}
    for message in last_messages(work.changes).values():
        if not message.theirs or not message.ours:
            continue
        ends = (message.theirs, message.ours)
        newest[ends] = max(newest.get(ends, message), message, key=lambda one: (one.first_at, one.id))
        if ends == work.state.pair:
            await yield_to_loop(edits)
            html = bubble_item(bubble_of(message, masking), work.bin, work.state.base)
            edits.append({"op": "put", "place": "log", "html": html})
    for (theirs, ours), message in newest.items():
        await yield_to_loop(edits)
        talk = Conversation(theirs=theirs, ours=ours, seq=message.seq, last_at=message.last_at, latest=message)
        entry = show_pair(talk, work.bin, masking, work.state.pair)
        edits.append({"op": "put", "place": "rows", "html": pair_row(entry, work.bin, work.state.base)})
    return edits + gone(work.changes)
