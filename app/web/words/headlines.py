"""The headline above the details of a message or a pairing."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """`since`: the title ends in the age of this time; `says`: sentences."""

    title: str
    icon: str
    tone: str
    says: tuple[str, ...] = ()
    since: datetime | None = None
