"""Findings: something odd about a capture or a message, by a stable code, with its cause and its cure in words.

`observe` is asked for every capture; what only the ledger of messages can see (`duplicate`, `late_status` …) has its
words here, too, so that there is one list.
"""

from dataclasses import replace
from functools import cache

from .checks import CHECKS, NEEDS, Check, Needs
from .facts import Facts
from .words import FINDINGS, Finding

__all__ = ["FINDINGS", "Facts", "Finding", "explain", "observe"]


def observe(facts: Facts) -> tuple[str, ...]:
    """The codes of what is odd, by weight."""
    odd_body = facts.json_cut or not facts.charset_fits or facts.shape_said != facts.shape_found
    asked = _worth_asking(bool(facts.events), odd_body, not facts.pairs)
    return tuple([code for code, check in asked if check(facts) is not None])


@cache
def _worth_asking(events: bool, odd_body: bool, silence: bool) -> tuple[tuple[str, Check], ...]:
    there = {Needs.EVENTS: events, Needs.ODD_BODY: odd_body, Needs.SILENCE: silence}
    by_weight = [code for code in FINDINGS if code in CHECKS]
    return tuple((code, CHECKS[code]) for code in by_weight if code not in NEEDS or there[NEEDS[code]])


def explain(code: str, facts: Facts | None = None) -> Finding:
    """A finding in words; with facts its cause names the value. A code from a newer version gets words, too."""
    finding = FINDINGS.get(code)
    if finding is None:
        cause = "A newer version of smsbin found this, and this one does not know what it means."
        return Finding(code=code, title=code, cause=cause, cure="Start the newer version again to read about it.")
    check = CHECKS.get(code)
    seen = check(facts) if check is not None and facts is not None else None
    return finding if seen is None else replace(finding, cause=f"{finding.cause} {seen}")
