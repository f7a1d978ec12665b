"""The simulator's form as the API would say it, and back: texts in, texts out."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .. import clock
from ..domain.simulation import FAILED_SHARE, SimulationWish, Targets, Trouble, What
from ..errors import Invalid
from ..services.simulating import Run

NEEDED = {What.INBOUND: "primary", What.OUTBOUND: "status", What.VOICE: "primary"}
_CUSTOMER, _OURS = "+14155550107", "+19495550142"
_LONG = (
    "Ünïcode ☂ travels as UCS-2, 70 characters at a time, so this text of many words becomes parts: 漢字, مرحبا, 🎉. "
    * 4
)


@dataclass(frozen=True, slots=True)
class Preset:
    """A link that fills the form."""

    title: str
    fields: Mapping[str, str]

    @property
    def query(self) -> str:
        """The end of its address."""
        return urlencode(self.fields)


PRESETS = (
    Preset("One SMS", {"what": "inbound", "text": "Is the 3pm slot still open?"}),
    Preset(
        "A customer chats, with emoji",
        {
            "what": "inbound", "from": _CUSTOMER, "to": _OURS, "trouble-emoji": "on", "count": "4", "rate": "0.5",
        },
    ),
    Preset(
        "You answer that customer",
        {
            "what": "outbound", "from": _OURS, "to": _CUSTOMER, "trouble-emoji": "on", "count": "4", "rate": "0.5",
            "failed": "0",
        },
    ),
    Preset(
        "500 outbound, with problems",
        {
            "what": "outbound", "count": "500", "rate": "50", "failed": "5", "trouble-duplicate": "on",
            "trouble-lose": "on", "trouble-shuffle": "on",
        },
    ),
    Preset("A long Unicode text", {"what": "inbound", "text": _LONG.strip()}),
    Preset("A call", {"what": "voice"}),
)  # fmt: skip


def defaults(provider: str | None) -> dict[str, str]:
    """A form that nobody has touched. The seed is a new one, and is shown: so the preview is what will be sent."""
    return {
        "provider": provider or "ytel", "what": What.INBOUND.value, "count": "1", "rate": "5", "speed": "1",
        "seed": str(int(clock.dice() * 1_000_000)), "failed": f"{FAILED_SHARE * 100:g}", "target": "bin",
    }  # fmt: skip


def texts_of(run: Run) -> dict[str, str]:
    """The form that started a run."""
    wish, own = run.wish, run.own
    said = {
        "provider": wish.provider, "what": wish.what.value, "from": wish.sender or "", "to": wish.recipient or "",
        "text": wish.text or "", "media": "\n".join(wish.media), "count": str(wish.count), "rate": f"{wish.rate:g}",
        "seed": str(wish.seed), "speed": f"{wish.speed:g}", "failed": f"{wish.failed_share * 100:g}",
        "target": "own" if own else "bin",
    }  # fmt: skip
    said |= {f"trouble-{trouble}": "on" for trouble in wish.trouble}
    return said | {name: getattr(own, name) or "" for name in ("primary", "fallback", "status") if own}


def fields_of(said: Mapping[str, str]) -> dict[str, Any]:
    """What the API would be asked. What is no number stays a text, so that it is refused by its name."""
    fields: dict[str, Any] = {name: said.get(name, "") for name in ("provider", "what")}
    fields["trouble"] = [trouble.value for trouble in Trouble if f"trouble-{trouble}" in said]
    fields |= {name: said[name].strip() for name in ("from", "to") if said.get(name, "").strip()}
    if said.get("text"):
        fields["text"] = said["text"].replace("\r\n", "\n")
    media = said.get("media", "").split()
    if media:
        fields["media"] = media
    for name in ("count", "seed", "rate", "speed"):
        if said.get(name, "").strip():
            fields[name] = _number(said[name].strip(), whole=name in ("count", "seed"))
    if said.get("failed", "").strip():
        percent = _number(said["failed"].strip(), whole=False)
        fields["failed_share"] = percent / 100 if isinstance(percent, int | float) else percent
    if said.get("target") == "own":
        fields["targets"] = {name: said[name].strip() for name in ("primary", "fallback", "status") if said.get(name)}
    return fields


def check_own(fields: Mapping[str, Any]) -> None:
    """URLs of the user's own must hold the one that is asked first. Invalid."""
    what, targets = fields["what"], fields.get("targets")
    if targets is not None and what in set(What) and not targets.get(NEEDED[What(what)]):
        raise Invalid((f"targets.{NEEDED[What(what)]}", f"is required: {what} requests go there first"))


def problems_of(error: Invalid) -> dict[str, str]:
    """What is wrong, by the names of the form."""
    problems = {}
    for name, message in error.problems:
        if name == "failed_share":
            problems["failed"] = "must be a percentage from 0 to 100"
        else:
            problems[name.removeprefix("targets.")] = message
    return problems


def command_line(wish: SimulationWish, bin_id: str, own: Targets | None) -> str:
    """The same run from a terminal."""
    words = ["smsbin", "simulate", wish.what.value, "--provider", wish.provider]
    if own is None:
        words += ["--bin", bin_id]
    else:
        for name in ("primary", "fallback", "status"):
            words += [f"--{name}", getattr(own, name)] if getattr(own, name) else []
    for flag, value in (("--from", wish.sender), ("--to", wish.recipient), ("--text", wish.text)):
        words += [flag, value] if value is not None else []
    words += [word for url in wish.media for word in ("--media", url)]
    words += ["--count", str(wish.count), "--rate", f"{wish.rate:g}", "--seed", str(wish.seed)]
    words += [word for trouble in sorted(wish.trouble) for word in ("--trouble", trouble.value)]
    if wish.what is What.OUTBOUND:
        words += ["--failed", f"{wish.failed_share * 100:g}"]
    if wish.speed != 1:
        words += ["--speed", f"{wish.speed:g}"]
    return shlex.join(words)


def _number(text: str, *, whole: bool) -> int | float | str:
    if re.fullmatch(r"[0-9]{1,15}", text):
        return int(text)
    if not whole and re.fullmatch(r"[0-9]{0,15}\.[0-9]{1,15}", text):
        return float(text)
    return text
