"""Messages and conversations, derived from captures."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from ..domain.captures import CaptureRow
from ..domain.messages.model import Conversation, Message, Pace, Step
from ..domain.search import Query


class MessageStore(Protocol):
    """Messages and conversations, derived from captures."""

    async def matching_messages(self, bin_id: str, query: Query, messages: Sequence[int]) -> AbstractSet[int]:
        """The ids (`Message.id`) of those messages that match. Raises NotFound, TooSlow."""

    async def list_messages(
        self, bin_id: str, *, limit: int, before: int | None = None, query: Query | None = None
    ) -> Sequence[Message]:
        """The last changed first, with a seq below `before`; with a `query` only those that match. Raises NotFound,
        TooSlow; Invalid when `before` is from before the bin was parsed again."""

    async def count_matching_messages(self, bin_id: str, query: Query, most: int) -> int:
        """The number of messages that match. A count above `most` is returned as `most + 1`. Raises NotFound,
        TooSlow."""

    async def messages_from(
        self, bin_id: str, *, after: int, limit: int, upto: int | None = None, query: Query | None = None
    ) -> Sequence[Message]:
        """In the order of their first event, with an `id` above `after` and not above `upto`; with a `query` only
        those that match. Used by exports. Raises NotFound, TooSlow."""

    async def last_message_id(self, bin_id: str) -> int:
        """The highest `id` of a message of the bin; an export ends there. Raises NotFound."""

    async def get_message(self, bin_id: str, provider: str, message_id: str) -> tuple[Message, Sequence[Step]]:
        """One message and its timeline, oldest first, limited to the newest 500 events. Raises NotFound."""

    async def messages_of(self, bin_id: str, n: int) -> Sequence[Message]:
        """The current state of the messages that a capture has events of. Raises NotFound when there is no such bin."""

    async def repeat_of(self, bin_id: str, n: int, position: int) -> int | None:
        """The first capture with the same content as this one, among the first 500 of the message of an event, as far
        as the ledger is now; None: there is none before it. Raises NotFound when there is no such bin."""

    async def list_related(self, bin_id: str, n: int, *, limit: int) -> Sequence[CaptureRow]:
        """Other captures of the same messages or the same call, oldest first. Raises NotFound when there is no such
        bin."""

    async def list_conversations(self, bin_id: str, *, limit: int, before: int | None = None) -> Sequence[Conversation]:
        """Pairs of phone numbers, the last changed first, with a seq below `before`. Raises NotFound; Invalid when
        `before` is from before the bin was parsed again."""

    async def list_pair(
        self, bin_id: str, theirs: str, ours: str, *, limit: int, before: Message | None = None
    ) -> Sequence[Message]:
        """The messages between two phone numbers, newest first, older than `before`. Raises NotFound."""

    async def count_messages(self, bin_id: str, most: int) -> Mapping[str, int]:
        """Number of messages by status, "stuck", and "waiting" (queued, sending or unknown, and not stuck). A count
        above `most` is returned as `most + 1`. Raises NotFound."""

    async def get_pace(self, bin_id: str, limit: int) -> Pace:
        """Delivery times of the outbound messages with a final status among the last `limit` messages. Raises
        NotFound."""
