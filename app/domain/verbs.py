"""The XML elements of an answer that a provider acts on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbs:
    """The elements that a provider reads directly under `<Response>`; `exact`: in this case only. `sending` send an
    SMS that is billed."""

    known: frozenset[str]
    exact: bool = True
    sending: frozenset[str] = frozenset({"Message", "Sms"})

    def knows(self, name: str) -> bool:
        """Whether the provider acts on this element."""
        return name in self.known if self.exact else name.lower() in {verb.lower() for verb in self.known}
