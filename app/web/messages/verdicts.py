"""The verdict on a message: one sentence that says what happened, and what it means. Counts and times, no adjectives.

"Handed over" is never shown as delivered, and never green: it does not prove delivery.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from ...domain.messages.model import CONTRADICTORY, STUCK, Direction, Message, Step
from ...domain.roles import Role
from ...domain.statuses import FAILURES, Status
from ...domain.units import duration_text, gap_text
from ...providers.sheet import Sheet
from ..words.headlines import Headline as Verdict
from ..words.titles import ROLE_TITLES, look_of_message, provider_name


def judge(
    message: Message, steps: Sequence[Step], roles: Mapping[int, Role], sheet: Sheet | None, stuck_after: timedelta
) -> Verdict:
    """The verdict on a message. `roles` are those of its captures, by number."""
    look = look_of_message(message)
    title, says = _story(message, steps, roles, sheet, stuck_after)
    contradictory = CONTRADICTORY in message.findings
    waits = message.direction is Direction.OUTBOUND and not message.final
    return Verdict(
        title=title,
        icon="bang" if contradictory else look.icon,
        tone="warn" if contradictory else look.tone,
        says=(*says, *_oddities(message, steps)),
        since=message.last_at if waits else None,
    )


def _story(
    message: Message, steps: Sequence[Step], roles: Mapping[int, Role], sheet: Sheet | None, stuck_after: timedelta
) -> tuple[str, tuple[str, ...]]:
    if message.direction is Direction.INBOUND:
        return _received(message, roles)
    if STUCK in message.findings:
        return _stuck(message, sheet, stuck_after)
    if CONTRADICTORY in message.findings:
        return "The provider reported both a failure and a success as final.", ()
    took = _took(message, steps)
    if message.status in (Status.DELIVERED, Status.READ):
        word = "Read" if message.status is Status.READ else "Delivered"
        return f"{word}{f' in {took}' if took else ''}.", ("Confirmed by the carrier’s receipt.",)
    if message.status is Status.SENT:
        return _handed_over(message, steps, sheet)
    if message.status in FAILURES:
        return _failed(message, took, sheet)
    if message.final:
        return "Finished without a delivery report.", ("No more callbacks are expected.",)
    word = look_of_message(message).word
    return f"In progress: {word.lower()}, last callback", ("More callbacks are expected.",)


def _received(message: Message, roles: Mapping[int, Role]) -> tuple[str, tuple[str, ...]]:
    came = len(message.captures)
    at = [ROLE_TITLES[roles[n]].lower() for n in message.captures if n in roles]
    if message.pieces_due and message.pieces_due > 1:
        have = len(message.pieces)
        if have < message.pieces_due:
            return f"{have} of {message.pieces_due} parts received.", ("The text shows the parts that have arrived.",)
        return f"Received in {have} parts.", ()
    urls = list(dict.fromkeys(at))
    if came <= 1:
        return f"Received{f' on the {urls[0]} URL' if urls else ''}.", ()
    if len(urls) > 1:
        return f"Received {came} times, on the {' and the '.join(urls)} URL.", ()
    return f"Received {came} times{f' on the {urls[0]} URL' if urls else ''}.", ()


def _stuck(message: Message, sheet: Sheet | None, stuck_after: timedelta) -> tuple[str, tuple[str, ...]]:
    limit = (
        f"Messages of this bin count as stuck after {duration_text(stuck_after)} without a callback."
        if stuck_after
        else ""
    )
    hint = f"A callback may be missing: {_question(sheet)}"
    word = message.raw_status or message.status.value
    return "Stuck: no final state, last callback", tuple(filter(None, (f"Its last status was “{word}”.", limit, hint)))


def _handed_over(message: Message, steps: Sequence[Step], sheet: Sheet | None) -> tuple[str, tuple[str, ...]]:
    sent = next((step for step in steps if step.status is Status.SENT), None)
    took = gap_text(sent.at - steps[0].at) if sent and sent.at > steps[0].at else ""
    title = f"Handed to the carrier{f' after {took}' if took else ''}"
    name = provider_name(message.provider) if sheet else "The provider"
    if not message.final:
        return f"{title}, last callback", ("This is not proof of delivery; a receipt may still come.",)
    advice = " Ask for a receipt with DeliveryStatus=true when sending." if message.provider == "ytel" else ""
    return f"{title}.", (f"This is not proof of delivery. {name} sends no further status.{advice}",)


def _failed(message: Message, took: str, sheet: Sheet | None) -> tuple[str, tuple[str, ...]]:
    word = look_of_message(message).word
    code = message.error_code
    title = f"{word}{f' after {took}' if took else ''}{f', code {code}' if code else ''}."
    if not code:
        return title, ("The provider gave no reason.",)
    meaning = sheet.errors.get(code) if sheet else None
    return title, (
        meaning or f"smsbin does not know the meaning of code {code}. Look it up in your provider’s documentation.",
    )


def _oddities(message: Message, steps: Sequence[Step]) -> tuple[str, ...]:
    if message.direction is Direction.INBOUND:
        return ()
    repeats = sum(step.repeats is not None for step in steps)
    late = sum(step.late and step.repeats is None for step in steps)
    remarks = []
    if repeats:
        remarks.append("One callback was repeated." if repeats == 1 else f"{repeats} callbacks were repeated.")
    if late:
        remarks.append("One callback was late." if late == 1 else f"{late} callbacks were late.")
    return tuple(remarks)


def _took(message: Message, steps: Sequence[Step]) -> str:
    """The time from the first callback to the final one; empty for a single callback."""
    if message.final_at is None or not steps or message.final_at <= steps[0].at:
        return ""
    return gap_text(message.final_at - steps[0].at)


def _question(sheet: Sheet | None) -> str:
    """What to check, from the provider's data sheet."""
    if sheet is not None:
        for field in sheet.portal.fields:
            if field.role is Role.STATUS:
                where = "on this send" if "send" in field.hint or "batch" in field.hint else f"at {sheet.title}"
                return f"was {field.name} set {where}?"
    return "was the status URL given with this send?"
