"""What was replaced in a request before it was stored."""

import msgspec

NOT_STORED = "[not stored]"
"""In place of a value that is never stored. It has the same length for all values."""


class WithheldBody(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A body that was not stored: the size and the SHA-256 of its received bytes, and why, as the end of a sentence
    that begins with "because"."""

    size: int
    sha256: str
    why: str


class Withheld(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The names of the headers and fields whose values were replaced, in lower case, and the body if it was not
    stored. `query`: the whole query was replaced."""

    headers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    query: bool = False
    body: WithheldBody | None = None

    @property
    def sentence(self) -> str:
        """What is missing, in words."""
        parts = [
            f"the value{'' if len(names) == 1 else 's'} of the {noun}{'' if len(names) == 1 else 's'} {_listed(names)}"
            for noun, names in (("header", self.headers), ("field", self.fields))
            if names
        ]
        if self.query:
            parts.append("this query, because its fields are not certain")
        if self.body is not None:
            parts.append(f"this body, because {self.body.why}")
        return f"This bin never stores {', and '.join(parts)}."


write_withheld = msgspec.json.Encoder().encode
read_withheld = msgspec.json.Decoder(Withheld).decode


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)
