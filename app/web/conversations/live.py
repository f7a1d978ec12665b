"""Edits of the list of conversations, and of the open one."""

from ...domain.messages.model import Conversation, Message
from ..live.edits import Edit, Work, gone, last_messages, yield_to_loop
from .page import bubble_of, show_pair


async def edits(work: Work) -> list[Edit]:
    """Rows of conversations, and the bubbles of the open one."""
    edits: list[Edit] = []
    pair = work.environment.get_template("conversations/_pair.html")
    bubble = work.environment.get_template("conversations/_bubble.html")
    masking = work.state.masking
    frame = {"bin": work.bin, "base": work.state.base}
    newest: dict[tuple[str, str], Message] = {}
    for message in last_messages(work.changes).values():
        if not message.theirs or not message.ours:
            continue
        ends = (message.theirs, message.ours)
        newest[ends] = max(newest.get(ends, message), message, key=lambda one: (one.first_at, one.id))
        if ends == work.state.pair:
            await yield_to_loop(edits)
            html = bubble.render(bubble=bubble_of(message, masking), **frame)
            edits.append({"op": "put", "place": "log", "html": html})
    for (theirs, ours), message in newest.items():
        await yield_to_loop(edits)
        talk = Conversation(theirs=theirs, ours=ours, seq=message.seq, last_at=message.last_at, latest=message)
        entry = show_pair(talk, work.bin, masking, work.state.pair)
        edits.append({"op": "put", "place": "rows", "html": pair.render(pair=entry, **frame)})
    return edits + gone(work.changes)
