"""The three steps of setting up a bin, and how far each is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ...domain.captures import CaptureRow
from ...domain.drills import Drill
from ...domain.roles import Role
from .reach import Reach

# The URLs that receive messages and calls; the status URL receives callbacks about them.
RECEIVING = (Role.PRIMARY, Role.FALLBACK, Role.VOICE, Role.VOICE_FALLBACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupStep:
    """How far a step is, in a sentence. `tone` "ok": done; "warn": something is wrong; "": not done yet. `row`,
    `drill`: what shows it."""

    text: str
    tone: str = ""
    row: CaptureRow | None = None
    drill: Drill | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The progress of each step."""

    request: SetupStep
    callback: SetupStep
    fallback: SetupStep

    @property
    def done(self) -> int:
        """How many of the three steps are done."""
        return sum(step.tone == "ok" for step in (self.request, self.callback, self.fallback))


def checklist(reach: Reach, drills: Sequence[Drill]) -> Checklist:
    """`drills`: the newest first."""
    return Checklist(
        request=_received(reach, RECEIVING, "request"),
        callback=_received(reach, (Role.STATUS,), "status callback"),
        fallback=_tested(drills),
    )


def _received(reach: Reach, roles: Collection[Role], what: str) -> SetupStep:
    row = reach.newest(roles)
    if row is not None:
        return SetupStep(text=f"A {what} was received from outside", tone="ok", row=row)
    near = reach.newest_near(roles)
    if near is not None:
        return SetupStep(text="Only received from this machine or its network so far", row=near)
    return SetupStep(text=f"No {what} received yet")


def _tested(drills: Sequence[Drill]) -> SetupStep:
    """By the newest drill that a message met; by a running one only if there is none."""
    met = next((drill for drill in drills if drill.card.messages and drill.ended_at is not None), None)
    if met is None:
        running = next((drill for drill in drills if drill.ended_at is None), None)
        return SetupStep(text="Not tested yet" if running is None else "A drill is running", drill=running)
    if met.card.lost:
        return SetupStep(text="Messages were lost in the last drill", tone="warn", drill=met)
    if met.card.recovered:
        return SetupStep(text="The fallback received what the primary failed to accept", tone="ok", drill=met)
    return SetupStep(text="The fallback was not used in the last drill", tone="warn", drill=met)
