"""The search in conversations: by a number, or by the texts, in the language of the filter."""

from collections.abc import Sequence

from ...domain.messages.model import Conversation, Message
from ...domain.phones import SEPARATORS
from ...domain.search import Query, parse_query
from ...store import Store

# The newest messages that match; the conversations that are found are those of them.
SEARCHED = 500
# A shorter run of digits would be the beginning of too many numbers.
FEWEST_DIGITS = 3


async def find_conversations(store: Store, bin_id: str, text: str, query: Query) -> Sequence[Conversation]:
    """The conversations with a message that matches, the last changed first, each with its newest match. `query` is the
    text parsed as a filter. Raises NotFound, TooSlow."""
    found: dict[tuple[str, str], Message] = {}
    for each in (*number_queries(text), query):
        for message in await store.list_messages(bin_id, limit=SEARCHED, query=each):
            if not message.theirs or not message.ours:
                continue
            ends = (message.theirs, message.ours)
            found[ends] = max(found.get(ends, message), message, key=lambda one: one.seq)
    newest = sorted(found.items(), key=lambda item: item[1].seq, reverse=True)
    return [
        Conversation(theirs=theirs, ours=ours, seq=message.seq, last_at=message.last_at, latest=message)
        for (theirs, ours), message in newest
    ]


def number_queries(text: str) -> Sequence[Query]:
    """Queries for both parties, when the text is a number or the beginning of one, however it is spaced."""
    bare = SEPARATORS.sub("", text)
    digits = bare.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and FEWEST_DIGITS <= len(digits) <= 15):
        return ()
    return [parse_query(f"{key}:{bare}*") for key in ("from", "to")]
