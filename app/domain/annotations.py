"""What a user wrote about a capture: a pin, a note and tags. It changes nothing that was received."""

import re
import unicodedata
from collections.abc import Iterable

import msgspec

MAX_NOTE = 2_000
MAX_TAGS = 20
MAX_TAG = 40
TAG_HELP = "a tag has letters, digits and . _ - + / # @ : only, without blanks and commas"

# Each of them can be written in a filter without quotes.
_TAG = re.compile(r"[\w.+#/@:-]+")
_BETWEEN = re.compile(r"[\s,]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Annotation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The annotation of one capture. The tags are in alphabetical order, each once."""

    pinned: bool = False
    note: str = ""
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is in it."""
        return self.pinned or bool(self.note) or bool(self.tags)


NO_ANNOTATION = Annotation()


class AnnotationChange(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A change of annotations. None keeps what is there; `tags` replaces all tags, `add` and `remove` change some."""

    pinned: bool | None = None
    note: str | None = None
    tags: tuple[str, ...] | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def of(self, old: Annotation) -> Annotation:
        """The annotation after this change; it may have too many tags."""
        tags = set(old.tags if self.tags is None else self.tags) - set(self.remove) | set(self.add)
        return Annotation(
            pinned=old.pinned if self.pinned is None else self.pinned,
            note=old.note if self.note is None else self.note,
            tags=tuple(sorted(tags)),
        )


def read_note(text: str) -> str:
    """A note without blanks around it. ValueError says what would be right."""
    note = text.replace("\r\n", "\n").strip()
    if len(note) > MAX_NOTE:
        raise ValueError(f"must have at most {MAX_NOTE:,} characters; this has {len(note):,}")
    if _CONTROL.search(note):
        raise ValueError("must not have control characters")
    return note


def read_tag(text: str) -> str:
    """A tag in lower case. ValueError says what would be right."""
    tag = unicodedata.normalize("NFC", text.strip()).lower()
    if not _TAG.fullmatch(tag):
        raise ValueError(TAG_HELP)
    if len(tag) > MAX_TAG:
        raise ValueError(f"a tag has at most {MAX_TAG} characters")
    return tag


def read_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Tags in alphabetical order, each once. ValueError names the wrong one."""
    tags = set()
    for text in texts:
        try:
            tags.add(read_tag(text))
        except ValueError as problem:
            raise ValueError(f"“{_shown(text)}”: {problem}") from None
    if len(tags) > MAX_TAGS:
        raise ValueError(f"must be at most {MAX_TAGS}; these are {len(tags)}")
    return tuple(sorted(tags))


def split_tags(text: str) -> list[str]:
    """Tags that were typed into one field, with blanks or commas between them."""
    return [tag for tag in _BETWEEN.split(text) if tag]


def _shown(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "�" for letter in text[:MAX_TAG])
    return shown + ("…" if len(text) > MAX_TAG else "")
