"""A pair as Markdown, for a ticket or a chat: the same facts as on the page, without the capture key."""

from collections.abc import Sequence

from ...domain.phones import show_phone
from ...domain.units import rfc3339
from ...domain.visible import show_controls
from ..words.titles import ROLE_TITLES, provider_name
from .detail import DifferenceRow, PairDetail
from .differences import SECRET, MarkedText
from .sides import AnswerSummary, ComparedRequest


def as_markdown(detail: PairDetail) -> str:
    """The whole report. Captured text is in code spans, where Markdown has no effect."""
    reading = detail.row.reading
    parties = " → ".join(code(show_phone(one)) for one in (reading.sender, reading.recipient) if one)
    facts = [
        parties,
        provider_name(reading.provider) if reading.provider else "",
        f"id {code(reading.message_id)}" if reading.message_id else "",
        "likely the same message: same numbers and text" if detail.pairing and not detail.pairing.by_id else "",
    ]
    blocks = [
        f"## {_title(detail)}",
        f"**{detail.lead.title}** {' '.join(detail.lead.says)}",
        " · ".join(fact for fact in facts if fact),
        code(reading.text) if reading.text else "",
        "\n".join(_table(detail)),
        f"Same in both: {code(detail.same_names)}" if detail.same else "",
        "\n".join(_requests(detail)),
    ]
    return show_controls(SECRET.sub("…", "\n\n".join(block for block in blocks if block))) + "\n"


def code(text: str) -> str:
    """Any text as a code span, on one line."""
    flat = " ".join(text.split("\n")).replace("\r", " ").replace("|", "\\|")
    longest = 0
    run = 0
    for character in flat:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    fence = "`" * (longest + 1)
    gap = " " if flat[:1] in ("`", " ") or flat[-1:] in ("`", " ") else ""
    return f"{fence}{gap}{flat}{gap}{fence}" if flat else "(empty)"


def _title(detail: PairDetail) -> str:
    names = [f"{ROLE_TITLES[side.role].lower()} #{side.hit.n}" for side in _sides(detail)]
    title = " and ".join(names)
    return title[:1].upper() + title[1:]


def _sides(detail: PairDetail) -> Sequence[ComparedRequest]:
    return [detail.first, *([detail.second] if detail.second else [])]


def _table(detail: PairDetail) -> Sequence[str]:
    first, second = detail.first, detail.second
    heads = [f"{ROLE_TITLES[side.role]} #{side.hit.n}" for side in _sides(detail)]
    if second is None:
        gone = ROLE_TITLES[detail.missing] if detail.missing else "The other"
        heads.append(f"{gone}: {'no request' if detail.missing else 'deleted'}")
    arrived = [code(rfc3339(first.hit.at)), f"{code(rfc3339(second.hit.at))}, {detail.gap}" if second else ""]
    answers = [_answer(first.answered), _answer(second.answered) if second else ""]
    lines = [("Arrived", *arrived), ("Response", *answers), *(_line(row) for row in detail.rows)]
    return [
        f"| | {' | '.join(heads)} |",
        "|---|---|---|",
        *(f"| {name} | {primary} | {fallback} |" for name, primary, fallback in lines),
    ]


def _line(row: DifferenceRow) -> tuple[str, str, str]:
    note = f" ({row.note})" if row.note else ""
    return (code(row.name) if row.is_field else row.name, _value(row.primary), _value(row.fallback) + note)


def _value(pieces: Sequence[MarkedText] | None) -> str:
    return "not sent" if pieces is None else code("".join(piece.text for piece in pieces))


def _answer(answered: AnswerSummary) -> str:
    return f"{answered.word}{f' ({answered.says})' if answered.says else ''}"


def _requests(detail: PairDetail) -> Sequence[str]:
    if not detail.tried:
        return ()
    return [
        f"{len(detail.tried)} requests:",
        "",
        *(
            f"- #{one.hit.n} {ROLE_TITLES[one.role].lower()}, {code(rfc3339(one.hit.at))}"
            f" ({one.since}): {_answer(one.answered)}"
            for one in detail.tried
        ),
    ]
