"""The simulator's form as the JSON of its input, and a run as the form that starts it again."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ... import clock
from ...domain.signatures import Signing
from ...domain.simulations import FAILED_SHARE, SimulationSpec, Targets, Traffic, Trouble
from ...errors import Invalid
from ...services.simulations.runs import Run
from ..site.convert import convert
from ..site.forms import number_of
from .inputs import SimulationInput, TargetsInput

NEEDED = {Traffic.INBOUND: "primary", Traffic.OUTBOUND: "status", Traffic.VOICE: "primary"}
_CUSTOMER, _OURS = "+14155550107", "+19495550142"
_LONG = (
    "Ünïcode ☂ travels as UCS-2, 70 characters at a time, so this text of many words becomes parts: 漢字, مرحبا, 🎉. "
    * 4
)


@dataclass(frozen=True, slots=True)
class FormPreset:
    """A link that fills the form."""

    title: str
    fields: Mapping[str, str]

    @property
    def query(self) -> str:
        """Its query string."""
        return urlencode(self.fields)


PRESETS = (
    FormPreset("One SMS", {"what": "inbound", "text": "Is the 3pm slot still open?"}),
    FormPreset(
        "A customer chats, with emoji",
        {
            "what": "inbound", "from": _CUSTOMER, "to": _OURS, "trouble-emoji": "on", "count": "4", "rate": "0.5",
        },
    ),
    FormPreset(
        "You answer that customer",
        {
            "what": "outbound", "from": _OURS, "to": _CUSTOMER, "trouble-emoji": "on", "count": "4", "rate": "0.5",
            "failed": "0",
        },
    ),
    FormPreset(
        "500 outbound, with problems",
        {
            "what": "outbound", "count": "500", "rate": "50", "failed": "5", "trouble-duplicate": "on",
            "trouble-lose": "on", "trouble-shuffle": "on",
        },
    ),
    FormPreset("A long Unicode text", {"what": "inbound", "text": _LONG.strip()}),
    FormPreset("A call", {"what": "voice"}),
)  # fmt: skip


def defaults(provider: str | None) -> dict[str, str]:
    """The form before any input. Its seed is random and shown, so that the preview is what will be sent."""
    return {
        "provider": provider or "ytel", "what": Traffic.INBOUND.value, "count": "1", "rate": "5", "speed": "1",
        "seed": str(int(clock.dice() * 1_000_000)), "failed": f"{FAILED_SHARE * 100:g}", "target": "bin",
    }  # fmt: skip


def texts_of(run: Run) -> dict[str, str]:
    """The form that would start this run again."""
    spec, own = run.spec, run.own
    form = {
        "provider": spec.provider, "what": spec.what.value, "from": spec.sender or "", "to": spec.recipient or "",
        "text": spec.text or "", "media": "\n".join(spec.media), "count": str(spec.count), "rate": f"{spec.rate:g}",
        "seed": str(spec.seed), "speed": f"{spec.speed:g}", "failed": f"{spec.failed_share * 100:g}",
        "target": "own" if own else "bin",
    }  # fmt: skip
    form |= {"sign": spec.sign.value}
    form |= {f"trouble-{trouble}": "on" for trouble in spec.trouble}
    return form | {name: getattr(own, name) or "" for name in ("primary", "fallback", "status") if own}


def raw_of(form: Mapping[str, str]) -> dict[str, Any]:
    """What was posted, as the JSON of `SimulationInput`; empty fields are left out."""
    raw: dict[str, Any] = {name: form.get(name, "") for name in ("provider", "what")}
    raw["trouble"] = [trouble.value for trouble in Trouble if f"trouble-{trouble}" in form]
    raw |= {name: form[name].strip() for name in ("from", "to") if form.get(name, "").strip()}
    if form.get("text"):
        raw["text"] = form["text"].replace("\r\n", "\n")
    if form.get("sign"):
        raw["sign"] = form["sign"]
    raw["media"] = form.get("media", "").split()
    for name in ("count", "seed", "rate", "speed"):
        if form.get(name, "").strip():
            raw[name] = number_of(form[name].strip())
    if form.get("failed", "").strip():
        percent = number_of(form["failed"].strip())
        raw["failed_share"] = percent if isinstance(percent, str) else percent / 100
    if form.get("target") == "own":
        raw["targets"] = {name: form[name].strip() for name in TargetsInput.__struct_fields__ if form.get(name)}
    return raw


def input_of(form: Mapping[str, str]) -> SimulationInput:
    """The input that was posted. Invalid; also when the user's own URLs lack the one that is requested first."""
    given = convert(raw_of(form), SimulationInput)
    needed = NEEDED[given.what]
    if given.targets is not None and not getattr(given.targets, needed):
        raise Invalid((f"targets.{needed}", f"is required: {given.what} requests go there first"))
    return given


def problems_of(error: Invalid) -> dict[str, str]:
    """The problems by the fields of the form."""
    problems = {}
    for name, message in error.problems:
        if name == "failed_share":
            problems["failed"] = "must be a percentage from 0 to 100"
        else:
            problems[name.removeprefix("targets.")] = message
    return problems


def command_line(spec: SimulationSpec, bin_id: str, own: Targets | None) -> str:
    """The command line that starts the same run."""
    words = ["smsbin", "simulate", spec.what.value, "--provider", spec.provider]
    if own is None:
        words += ["--bin", bin_id]
    else:
        for name in ("primary", "fallback", "status"):
            words += [f"--{name}", getattr(own, name)] if getattr(own, name) else []
    for flag, value in (("--from", spec.sender), ("--to", spec.recipient), ("--text", spec.text)):
        words += [flag, value] if value is not None else []
    words += [word for url in spec.media for word in ("--media", url)]
    words += ["--count", str(spec.count), "--rate", f"{spec.rate:g}", "--seed", str(spec.seed)]
    words += [word for trouble in sorted(spec.trouble) for word in ("--trouble", trouble.value)]
    if spec.what is Traffic.OUTBOUND:
        words += ["--failed", f"{spec.failed_share * 100:g}"]
    if spec.sign is not Signing.NONE:
        words += ["--sign", spec.sign.value, "--secret-file", "FILE"]
    if spec.speed != 1:
        words += ["--speed", f"{spec.speed:g}"]
    return shlex.join(words)
