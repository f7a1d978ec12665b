"""The form that sets a fault, as the JSON of `FaultInput`, and the problems by the form's fields."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from ...domain.faults import LONGEST, MOST_COUNT, MOST_SECONDS, WITH_SECONDS, FaultKind
from ...errors import Invalid
from ..site.forms import number_of

LONGEST_MINUTES = LONGEST // timedelta(minutes=1)
# By the field of `FaultInput`: the field of the form, and what would be right there.
_IN_THE_FORM = {
    "kind": ("kind", "must be one of the listed failures"),
    "status": ("status", "must be a number from 200 to 599, or several separated by commas"),
    "seconds": ("seconds", f"must be a number from 0 to {MOST_SECONDS:g}"),
    "count": ("count", f"must be a whole number from 1 to {MOST_COUNT:,}"),
    "until": ("minutes", f"must be a whole number from 1 to {LONGEST_MINUTES:,}"),
    "chance": ("chance", "must be a whole number from 1 to 100"),
}


def raw_of(form: Mapping[str, str], now: datetime) -> dict[str, object]:
    """What was posted, as JSON. An empty `count` is no limit; fields that the kind does not use are left out."""
    typed = {name: text.strip() for name, text in form.items()}
    raw: dict[str, object] = {"kind": typed["kind"]} if "kind" in typed else {}
    if "status" in typed and typed.get("kind") == FaultKind.STATUS:
        raw["status"] = [number_of(word) for word in typed["status"].replace(",", " ").split()]
    if "seconds" in typed and typed.get("kind") in WITH_SECONDS:
        raw["seconds"] = number_of(typed["seconds"])
    if typed.get("count"):
        raw["count"] = number_of(typed["count"])
    if "minutes" in typed:
        minutes = number_of(typed["minutes"])
        is_whole = isinstance(minutes, int) and minutes <= LONGEST_MINUTES
        raw["until"] = now + timedelta(minutes=int(minutes)) if is_whole else typed["minutes"]
    if "chance" in typed:
        raw["chance"] = number_of(typed["chance"])
    return raw


def problems_of(error: Invalid) -> dict[str, str]:
    """The problems by the fields of the form."""
    named = [(name.removeprefix("fault."), text) for name, text in error.problems]
    return dict(_IN_THE_FORM.get(name, (name, text)) for name, text in named)
