"""Which noun makes the edits of which view of the page. A plain view follows the notices only, that of the
forwards also the parts of their cards."""

import json
from collections.abc import Awaitable, Callable

from ..captures import live as captures
from ..compare import live as compare
from ..conversations import live as conversations
from ..messages import live as messages
from .edits import WITHOUT_LIST, Edit, Work

EDITS: dict[str, Callable[[Work], Awaitable[list[Edit]]]] = {
    "captures": captures.edits,
    "messages": messages.edits,
    "conversations": conversations.edits,
    "compare": compare.edits,
}
VIEWS = (*EDITS, *WITHOUT_LIST)


async def page_frame(work: Work) -> str:
    """One frame: `after` is the cursor, `edits` go to elements by id."""
    edits = await EDITS[work.state.view](work)
    return json.dumps({"after": work.changes[-1].seq, "edits": edits}, ensure_ascii=False)
