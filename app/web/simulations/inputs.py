"""The input of a call, or of a form, that begins a simulation."""

import re
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from ... import clock
from ...domain.signatures import Signing
from ...domain.simulations import (
    FAILED_SHARE,
    MAX_EXTERNAL_RATE,
    MOST_A_SECOND,
    MOST_MESSAGES,
    SimulationSpec,
    Targets,
    Traffic,
    Trouble,
)
from ...egress import check_target
from ...errors import Invalid
from ...providers import PROVIDERS
from ..site.convert import Input, Problems
from ..site.shapes import PARTIES, Provider

MOST_PARTY = 40
MOST_TEXT = 1_600
MOST_MEDIA = 10
MOST_URL = 2_000
MOST_SPEED = 1_000
MOST_SEED = 2**53
PARTY = f"must be a number or name of 1 to {MOST_PARTY} characters, or null"
_SURROGATE = re.compile("[\ud800-\udfff]")


def _check_party(text: str | None) -> None:
    if text is not None and not text.isprintable():
        raise ValueError(PARTY)


def _check_text(text: str | None) -> None:
    """Half of a surrogate pair is no character, and cannot be sent."""
    if text is not None and _SURROGATE.search(text):
        raise ValueError(f"must be a string of at most {MOST_TEXT:,} characters, or null")


def _check_media(urls: tuple[str, ...]) -> None:
    if not all(url.isprintable() for url in urls):
        raise ValueError(f"must be a list of at most {MOST_MEDIA} URLs")


Party = Annotated[str, Meta(min_length=1, max_length=MOST_PARTY)]
Url = Annotated[
    Annotated[str, Meta(extra_json_schema={"maxLength": MOST_URL})] | None,
    Meta(description="http or https.", extra={"reason": "must be a URL or null"}),
]


class TargetsInput(Input, frozen=True, kw_only=True):
    """URLs outside of the bin; at least one."""

    primary: Url = None
    fallback: Url = None
    status: Url = None

    def targets(self) -> Targets:
        """As a domain object. Invalid names every URL that requests cannot be sent to."""
        urls: dict[str, Any] = {}
        problems: Problems = []
        for name in self.__struct_fields__:
            try:
                urls[name] = check_target(f"targets.{name}", url) if (url := getattr(self, name)) else None
            except Invalid as error:
                problems += error.problems
        if problems:
            raise Invalid(*problems)
        return Targets(**urls)


class SimulationInput(Input, frozen=True, kw_only=True, rename=PARTIES):
    """A run of requests shaped like a provider's."""

    provider: Provider
    what: Annotated[Traffic, Meta(description="voice: only for providers with calls.")]
    sender: Annotated[
        Party | None, Meta(description="Default: a fictional number.", extra={"reason": PARTY, "check": _check_party})
    ] = None
    recipient: Annotated[Party | None, Meta(extra={"reason": PARTY, "check": _check_party})] = None
    text: Annotated[
        Annotated[str, Meta(max_length=MOST_TEXT)] | None,
        Meta(
            description="Default: a sample text.",
            extra={"reason": f"must be a string of at most {MOST_TEXT:,} characters, or null", "check": _check_text},
        ),
    ] = None
    media: Annotated[
        tuple[Annotated[str, Meta(max_length=MOST_URL)], ...],
        Meta(
            max_length=MOST_MEDIA,
            extra={"reason": f"must be a list of at most {MOST_MEDIA} URLs", "check": _check_media},
        ),
    ] = ()
    count: Annotated[int, Meta(ge=1, le=MOST_MESSAGES)] = 1
    rate: Annotated[
        float,
        Meta(
            gt=0,
            le=MOST_A_SECOND,
            description=f"Messages per second; to your own URLs at most {MAX_EXTERNAL_RATE:g}.",
        ),
    ] = 5
    seed: Annotated[int, Meta(ge=0, le=MOST_SEED, description="The same seed repeats the same run.")] | UnsetType = (
        UNSET
    )
    trouble: Annotated[
        tuple[Trouble, ...],
        Meta(
            description="duplicate and lose affect one request in ten; the others affect all.",
            extra={"reason": f"must be a list of {', '.join(Trouble)}"},
        ),
    ] = ()
    failed_share: Annotated[
        float,
        Meta(ge=0, le=1, description="Share of outbound messages.", extra={"reason": "must be a number from 0 to 1"}),
    ] = FAILED_SHARE
    speed: Annotated[
        float,
        Meta(
            gt=0,
            le=MOST_SPEED,
            description="Divides timeouts and the pauses between the requests of one message.",
        ),
    ] = 1
    sign: Annotated[
        Signing,
        Meta(
            description="valid: with a secret of the bin, as the provider signs; invalid: wrongly on purpose.",
            extra={"reason": f"must be one of {', '.join(Signing)}"},
        ),
    ] = Signing.NONE
    targets: Annotated[
        TargetsInput | None,
        Meta(description="Your own URLs instead of the bin; private addresses only if the operator allows them."),
    ] = None
    played_by: Annotated[
        Literal["server", "client"],
        Meta(
            description="client: you send the requests yourself, with the mark from the response.",
            extra={"reason": "must be server or client"},
        ),
    ] = "server"

    def simulation(self) -> SimulationSpec:
        """As a domain object. Invalid: the provider has no calls."""
        play = PROVIDERS[self.provider]
        if self.what is Traffic.VOICE and not play.play.voice:
            raise Invalid(("what", f"must be inbound or outbound: {play.title} has no calls"))
        return SimulationSpec(
            provider=self.provider,
            what=self.what,
            sender=self.sender,
            recipient=self.recipient,
            text=self.text,
            media=self.media,
            count=self.count,
            rate=self.rate,
            # Another seed each time: the same one would send the same message ids again.
            seed=int(clock.dice() * 1_000_000) if self.seed is UNSET else self.seed,
            trouble=frozenset(self.trouble),
            failed_share=self.failed_share,
            speed=self.speed,
            sign=self.sign,
        )

    def own_targets(self) -> Targets | None:
        """URLs outside of the bin; None: those of the bin. Invalid."""
        return None if self.targets is None else self.targets.targets()
