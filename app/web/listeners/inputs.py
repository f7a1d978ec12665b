"""The parameters with which a listener connects."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...domain.listeners import NAME, NAME_RULE, ListenerChoice
from ...domain.roles import Role
from ...domain.search import MAX_LENGTH
from ...errors import Invalid
from ...services.forwards.checking import filter_problems
from ..site.inputs import HIGHEST, number

_SWITCHES = {"0": False, "1": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenInput:
    """`cursor`: the capture after which it begins; None: where it was. `is_answering`: its program answers the
    provider."""

    name: str
    cursor: int | None
    choice: ListenerChoice
    is_answering: bool = False


def read_listen(query: Mapping[str, str]) -> ListenInput:
    """What a listener wants. Invalid names every wrong parameter."""
    problems: list[tuple[str, str]] = []
    name = query.get("name", "")
    if not NAME.fullmatch(name):
        problems.append(("name", NAME_RULE))
    cursor = None
    try:
        cursor = number(dict(query), "after", lowest=0, highest=HIGHEST)
    except Invalid as error:
        problems += error.problems
    match = query.get("match", "")
    if len(match) > MAX_LENGTH:
        problems.append(("match", f"must have at most {MAX_LENGTH:,} characters"))
    else:
        problems += [("match", message) for message in filter_problems(match)]
    texts = [text for text in query.get("role", "").split(",") if text]
    known = {role.value: role for role in Role}
    if unknown := [text for text in texts if text not in known]:
        problems.append(("role", f"{unknown[0][:40]} is unknown; use {', '.join(known)}, with commas between them"))
    for switch in ("event", "answer"):
        if query.get(switch, "0") not in _SWITCHES:
            problems.append((switch, "must be 0 or 1"))
    if problems:
        raise Invalid(*problems)
    roles = tuple(dict.fromkeys(known[text] for text in texts))
    with_events, is_answering = (_SWITCHES[query.get(switch, "0")] for switch in ("event", "answer"))
    choice = ListenerChoice(filter=match.strip(), roles=roles, with_events=with_events)
    return ListenInput(name=name, cursor=cursor, choice=choice, is_answering=is_answering)
