"""Remarks on an answer before it is saved: unwanted effects that it would have at a provider. An answer with remarks
can be saved; only one that cannot be sent is an error.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from defusedxml.ElementTree import fromstring

from ..roles import Role
from ..verbs import Verbs
from .limits import check_answer, xml_problem
from .model import Answer
from .placeholders import is_xml, media_type


@dataclass(frozen=True, slots=True)
class Remark:
    """`field` as in `check_answer`; `text` is one sentence."""

    field: str
    text: str
    is_error: bool = False


# For an unknown provider: no verb is wrong.
_ANY = Verbs(known=frozenset(), exact=False)


def lint(
    answer: Answer,
    role: Role,
    provider: str | None = None,
    *,
    verbs: Verbs | None = None,
    timeout_s: float | None = None,
) -> Sequence[Remark]:
    """The remarks. `provider`: its title; `verbs`, `timeout_s`: its XML elements and how long it waits, where known."""
    errors = [Remark(field, text, is_error=True) for field, text in check_answer(answer)]
    return [
        *errors,
        *_lint_type(answer, role),
        *_lint_xml(answer, role, provider or "the provider", verbs),
        *_lint_delay(answer, provider or "the provider", timeout_s),
    ]


def _lint_type(answer: Answer, role: Role) -> Iterator[Remark]:
    if not answer.body or role is Role.STATUS:
        return
    if answer.content_type is None:
        yield Remark("headers", "The body has no Content-Type, so providers refuse it or guess the type.")
    elif media_type(answer.content_type) == "text/plain" and role in (Role.PRIMARY, Role.FALLBACK):
        yield Remark("headers", "Twilio and compatible providers send plain text to the customer as an SMS.")


def _lint_xml(answer: Answer, role: Role, provider: str, verbs: Verbs | None) -> Iterator[Remark]:
    if not answer.body or not is_xml(answer.content_type):
        return
    if problem := xml_problem(answer.body):
        yield Remark("body", f"This XML is not well formed ({problem}): {provider} treats it as a failure.")
        return
    root = fromstring(answer.body.encode())
    exact = verbs is None or verbs.exact
    if root.tag != "Response" and (exact or root.tag.lower() != "response"):
        yield Remark("body", f"The root element is <{root.tag}>; providers that read XML expect <Response>.")
        return
    names = list(dict.fromkeys(child.tag for child in root if isinstance(child.tag, str)))
    if verbs is not None:
        yield from (
            Remark("body", f"{provider} does not support <{name}>." + _meant(name, verbs))
            for name in names
            if not verbs.knows(name)
        )
    sending = {verb.lower() for verb in (verbs or _ANY).sending}
    if role is not Role.STATUS and any(name.lower() in sending for name in names):
        yield Remark("body", "This sends a real SMS for every request, and each one is billed.")


def _meant(name: str, verbs: Verbs) -> str:
    """A hint at the verb that was probably meant."""
    same = next((verb for verb in sorted(verbs.known) if verb.lower() == name.lower()), None)
    if same:
        return f" Write <{same}>; the case matters."
    if name.lower() in ("sms", "message"):
        own = sorted(verbs.sending & verbs.known)
        return f" Its element for an SMS is <{own[0]}>." if own else ""
    return ""


def _lint_delay(answer: Answer, provider: str, timeout_s: float | None) -> Iterator[Remark]:
    if timeout_s is not None and answer.delay_ms >= timeout_s * 1_000:
        yield Remark("delay_ms", f"{provider[0].upper()}{provider[1:]} waits only {timeout_s:g} s for a response.")
