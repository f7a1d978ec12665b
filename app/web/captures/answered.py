"""What was answered to a capture, by smsbin or by a handler of the user, as its pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from ...domain.answers.model import Answer, safe_answer
from ...domain.captures import CaptureRow
from ...domain.masking.policy import MaskingPolicy
from ...domain.providers import PROVIDER_TITLES
from ...providers.answers import lint_for
from ...store import Store
from ..words.wiretaps import handler_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredWith:
    """`sent`: the answer; None: nothing was sent. `handler`: a sentence about the handler that answered, and `remarks`
    on what the provider does with its answer."""

    sent: Answer | None = None
    handler: str | None = None
    remarks: Sequence[str] = ()


async def read_answered(
    store: Store, bin_id: str, row: CaptureRow, provider: str | None, masking: MaskingPolicy
) -> AnsweredWith:
    """What was answered. Raises NotFound."""
    sent = await _sent(store, bin_id, row, masking)
    attempt = await store.get_handler_attempt(bin_id, row.n)
    if attempt is None:
        return AnsweredWith(sent=sent)
    title = PROVIDER_TITLES.get(provider, "") if provider else ""
    found = () if sent is None else lint_for(sent, row.role, provider)
    return AnsweredWith(
        sent=sent,
        handler=handler_text(masking.attempt(attempt), row, title or "the provider"),
        remarks=[remark.text for remark in found if not remark.is_error],
    )


async def _sent(store: Store, bin_id: str, row: CaptureRow, masking: MaskingPolicy) -> Answer | None:
    if row.outcome is None or row.outcome.status is None:
        return None
    sent = await store.get_sent_answer(bin_id, row.n)
    if sent is None:
        return msgspec.structs.replace(safe_answer(row.role), status=row.outcome.status)
    return masking.answer(sent)
