"""One message in detail: the verdict, its meaning, and every step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ...domain.bins import Bin
from ...domain.captures import CaptureRow
from ...domain.findings import Finding, explain
from ...domain.masking.policy import NO_MASK, MaskingPolicy
from ...domain.messages.model import STUCK, Direction, Message, Step
from ...domain.reconciliation.kept import KeptNote
from ...domain.reconciliation.notes import CaptureTime, capture_of
from ...domain.reconciliation.records import ProviderNote, RecordTime
from ...domain.roles import Role
from ...domain.sms import SmsFacts, describe_sms
from ...domain.units import gap_text, micros, rfc3339
from ...errors import NotFound
from ...providers import sheet_of
from ...providers.sheet import Sheet
from ...store import Store
from ..words.headlines import Headline
from ..words.titles import StatusLook, by_weight, look_of, look_of_message
from .timeline import MessageAxis, draw_axis
from .verdicts import judge

# The number of requests that are listed under a message; the table of steps has all.
SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A row of the table of steps. `skew` and `notes` are texts; `total` is the time since the first step."""

    step: Step
    role: Role | None
    look: StatusLook
    total: timedelta
    skew: str | None
    notes: tuple[str, ...]

    @property
    def same_day(self) -> bool:
        """Whether the stamp is near enough to be shown as a time of day."""
        return self.step.said_at is not None and abs(self.step.at - self.step.said_at) < timedelta(hours=12)

    @property
    def gap(self) -> timedelta | None:
        """The time since the step before."""
        return None if self.step.gap_ms is None else timedelta(milliseconds=self.step.gap_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePane:
    """A message and everything that its pane shows, masked. `unmasked`: a person has requested the values.
    `mapping`: the name of the field mapping of the bin. `notes`: what
    the provider's files state about its calls, oldest first."""

    bin: Bin
    message: Message
    look: StatusLook
    verdict: Headline
    sms: SmsFacts | None
    axis: MessageAxis | None
    lines: Sequence[StepRow]
    findings: Sequence[Finding]
    captures: Sequence[CaptureRow]
    sheet: Sheet | None
    copied: str
    is_masked: bool = False
    unmasked: bool = False
    mapping: str | None = None
    notes: Sequence[KeptNote] = ()

    @property
    def entries(self) -> Sequence[StepRow | KeptNote]:
        """The steps and what the provider's files state, by their times; what has no time at the end."""
        found: list[StepRow | KeptNote] = [*self.lines, *self.notes]
        return sorted(found, key=_moment)

    def request_of(self, note: KeptNote) -> CaptureRow | None:
        """The request that a note is about; None if that call did not arrive here."""
        at = None if note.at_us is None else RecordTime(note.at_us)
        role = None if note.role is None else Role(note.role)
        given = ProviderNote(row=0, provider=note.provider, about=note.about, ok=note.ok, at=at, role=role)
        n = capture_of(given, [CaptureTime(row.n, row.role, row.received_at) for row in self.captures])
        return next((row for row in self.captures if row.n == n), None)

    @property
    def simulated(self) -> bool:
        """Whether a simulation sent it."""
        return any(row.simulated for row in self.captures)


async def open_message(
    store: Store, bin_id: str, provider: str, message_id: str, masking: MaskingPolicy = NO_MASK
) -> MessagePane:
    """Read a message for its pane, masked. NotFound."""
    bin = await store.get_bin(bin_id)
    whole, steps = await store.get_message(bin_id, provider, message_id)
    message = masking.message(whole)
    captures = masking.rows(await _captures(store, bin_id, whole))
    roles = {row.n: row.role for row in captures}
    sheet = sheet_of(message.provider)
    lines = tuple(_lines(message, steps, roles))
    return MessagePane(
        bin=bin,
        message=message,
        look=look_of_message(message),
        verdict=judge(message, steps, roles, sheet, bin.stuck_after),
        sms=None if whole.text is None else describe_sms(whole.text),
        is_masked=masking.values,
        axis=draw_axis(steps, message.direction, final=message.final) if _worth_drawing(message, steps) else None,
        lines=lines,
        # The verdict already says it.
        findings=[explain(code) for code in by_weight(message.findings) if code != STUCK],
        captures=captures,
        sheet=sheet,
        copied="\n".join(_as_text(line) for line in lines),
    )


def _moment(entry: StepRow | KeptNote) -> tuple[bool, int]:
    at_us = entry.at_us if isinstance(entry, KeptNote) else micros(entry.step.at)
    return at_us is None, at_us or 0


def _worth_drawing(message: Message, steps: Sequence[Step]) -> bool:
    return len(steps) > 1 or message.direction is Direction.OUTBOUND


async def _captures(store: Store, bin_id: str, message: Message) -> Sequence[CaptureRow]:
    """The requests that it came from, oldest first; those that are being deleted are left out."""
    for n in message.captures:
        try:
            first = await store.get_capture(bin_id, n)
        except NotFound:
            continue
        mine = set(message.captures)
        others = [row for row in await store.list_related(bin_id, n, limit=SHOWN) if row.n in mine]
        return sorted((first.row, *others), key=lambda row: row.n)
    return ()


def _lines(message: Message, steps: Sequence[Step], roles: dict[int, Role]) -> Sequence[StepRow]:
    return [
        StepRow(
            step=step,
            role=roles.get(step.n),
            look=look_of(None if step.status is None else step.status.value, step.raw_status),
            total=step.at - steps[0].at,
            skew=_skew(step),
            notes=_notes(message, step),
        )
        for step in steps
    ]


def _skew(step: Step) -> str | None:
    """Arrival against the provider's stamp, where that has seconds."""
    if step.said_at is None or step.said_to_minute:
        return None
    gap = step.at - step.said_at
    return f"{gap_text(gap)} {'before' if gap >= timedelta(0) else 'after'} it arrived"


def _notes(message: Message, step: Step) -> tuple[str, ...]:
    notes = []
    if step.repeats is not None:
        notes.append(f"repeats #{step.repeats}, no effect")
    elif step.late:
        notes.append("late: a higher state was already known, no effect")
    if message.final and message.direction is Direction.OUTBOUND and step.at == message.final_at:
        notes.append("final")
    if step.error_code:
        notes.append(f"code {step.error_code}")
    return tuple(notes)


def _as_text(line: StepRow) -> str:
    step = line.step
    raw_status = f" ({step.raw_status})" if step.raw_status else ""
    exactly = " (minute only)" if step.said_to_minute else ""
    stamp = f", provider's timestamp {rfc3339(step.said_at)}{exactly}" if step.said_at else ""
    gap = f" +{step.gap_ms} ms" if step.gap_ms is not None else ""
    notes = "".join(f"; {note}" for note in line.notes)
    return f"{rfc3339(step.at)} #{step.n} {line.look.word}{raw_status}{gap}{stamp}{notes}"
