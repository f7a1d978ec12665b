"""The form of a mapping: what has been chosen so far. It works without a script: each button posts the whole form, and
the same page comes back.

Names in the form: `name`, `kinds.status`; for each field of the request `field.0.name`, `field.0.use` and
`field.0.rank`; for each status word `word.0.text`, `word.0.means` and `word.0.final`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...domain.mappings import MEANINGS, FieldMapping
from ...domain.roles import Role
from ...domain.statuses import Status
from ...services.mapping_preview import SeenWord
from ..site.convert import convert

SHOWN = 150
"""Fields of a request that the form shows."""

MOST_WORDS = 250
"""Status words of a form."""

MOST_FIELDS = 3 * (2 * SHOWN + MOST_WORDS) + 50
"""Fields of a posted form."""

_NUMBER = r"(?P<number>0|[1-9]\d{0,2})"
_FIELD = re.compile(rf"(?P<row>field\.{_NUMBER})\.name", re.ASCII)
_WORD = re.compile(rf"(?P<row>word\.{_NUMBER})\.text", re.ASCII)
_FINAL = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenField:
    """An address and what it is. `rank`: its place among the addresses for the same value, as it was saved."""

    address: str
    use: str
    rank: int = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenWord:
    """A status word with its meaning, "" for none. `final` as it was imported; None: usual for the status."""

    text: str
    means: str
    final: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingDraft:
    """The whole form; `kinds` by role."""

    name: str
    fields: tuple[ChosenField, ...] = ()
    kinds: Mapping[str, str]
    words: tuple[ChosenWord, ...] = ()

    def settle(self) -> FieldMapping:
        """What was chosen. Invalid names what is wrong."""
        fields: dict[str, list[str]] = {}
        for chosen in sorted(self.fields, key=lambda each: each.rank):
            fields.setdefault(chosen.use, []).append(chosen.address)
        raw: dict[str, Any] = {
            "name": self.name,
            "fields": {use: found[0] if len(found) == 1 else found for use, found in fields.items()},
            "kinds": {role: kind for role, kind in self.kinds.items() if kind},
            "statuses": {word.text: _meaning_of(word) for word in self.words if word.means},
        }
        return convert(raw, FieldMapping)

    def with_seen(self, seen: Sequence[SeenWord]) -> "MappingDraft":
        """The form with the status words of the last requests that it does not have; they get their usual meaning."""
        known = {word.text for word in self.words}
        new = [
            ChosenWord(text=word.text, means=word.usual.value if word.usual and word.word is None else "")
            for word in seen
            if word.text not in known
        ]
        return replace(self, words=(*self.words, *new)[:MOST_WORDS])


def read_draft(form: Mapping[str, str]) -> MappingDraft:
    """The posted form; fields without a use are left out."""
    fields = [
        ChosenField(address=form[f"{row}.name"], use=form[f"{row}.use"], rank=_rank(form.get(f"{row}.rank", "")))
        for row in _rows(form, _FIELD)
        if form.get(f"{row}.use")
    ]
    words = [
        ChosenWord(
            text=form[f"{row}.text"],
            means=form.get(f"{row}.means", ""),
            final=_FINAL.get(form.get(f"{row}.final", "")),
        )
        for row in _rows(form, _WORD)
    ]
    return MappingDraft(
        name=form.get("name", "").strip(),
        fields=tuple(fields),
        kinds={role.value: form.get(f"kinds.{role.value}", "") for role in Role},
        words=tuple(words),
    )


def draft_of(mapping: FieldMapping) -> MappingDraft:
    """A mapping as a form."""
    fields = [
        ChosenField(address=address, use=meaning, rank=rank)
        for meaning in MEANINGS
        for rank, address in enumerate(mapping.fields.addresses(meaning))
    ]
    words = [
        ChosenWord(text=text, means=found.value)
        if isinstance(found, Status)
        else ChosenWord(text=text, means=found.status.value, final=found.final)
        for text, found in mapping.statuses.items()
    ]
    return MappingDraft(name=mapping.name, fields=tuple(fields), kinds=_kinds_of(mapping), words=tuple(words))


def first_draft(suggested: Mapping[str, str]) -> MappingDraft:
    """The form of a bin without a mapping: `suggested` uses by address."""
    fields = tuple(ChosenField(address=address, use=use) for address, use in suggested.items())
    return MappingDraft(name="My provider", fields=fields, kinds={role.value: "" for role in Role})


def _kinds_of(mapping: FieldMapping) -> dict[str, str]:
    found = {role.value: mapping.kinds.of(role) for role in Role}
    return {role: "" if kind is None else kind.value for role, kind in found.items()}


def _meaning_of(word: ChosenWord) -> object:
    return word.means if word.final is None else {"status": word.means, "final": word.final}


def _rows(form: Iterable[str], pattern: re.Pattern[str]) -> list[str]:
    """The prefixes of the rows, in the order of their numbers."""
    found = [match for name in form if (match := pattern.fullmatch(name))]
    return [match["row"] for match in sorted(found, key=lambda match: int(match["number"]))]


def _rank(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 99
