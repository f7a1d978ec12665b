"""Pictures and files of a message, which are never fetched: what they are, as the provider states it or by the ending
of their address."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from urllib.parse import unquote, urlsplit

# Endings of the files that carriers and chat services deliver, by type.
_ENDINGS = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "heic": "image/heic", "heif": "image/heif", "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff",
    "svg": "image/svg+xml", "mp4": "video/mp4", "m4v": "video/mp4", "3gp": "video/3gpp", "mov": "video/quicktime",
    "webm": "video/webm", "mp3": "audio/mpeg", "m4a": "audio/mp4", "amr": "audio/amr", "ogg": "audio/ogg",
    "oga": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav", "aac": "audio/aac", "vcf": "text/vcard",
    "vcard": "text/vcard", "ics": "text/calendar", "txt": "text/plain", "pdf": "application/pdf",
}  # fmt: skip
_ENDING = re.compile(r"\.([A-Za-z0-9]{2,5})\Z", re.ASCII)
_KINDS = {"image": "picture", "video": "video", "audio": "audio file"}
_CONTACTS = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_PLURALS = {
    "picture": "pictures", "video": "videos", "audio file": "audio files", "contact": "contacts", "file": "files",
}  # fmt: skip
# Characters of a name on a page.
NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """One file: its address, its type ("" if unknown), and whether only the ending of the address says so. `name` is
    the last part of the path."""

    address: str
    type: str
    by_ending: bool
    name: str

    @property
    def kind(self) -> str:
        """A word for people: picture, video, audio file, contact, file."""
        return kind_of(self.type)


def media_files(addresses: Sequence[str], types: Sequence[str]) -> tuple[MediaFile, ...]:
    """The files of a message. `types` are as stated by the provider; there may be fewer of them."""
    return tuple(
        MediaFile(
            address=address,
            type=stated or type_of_address(address),
            by_ending=not stated,
            name=_path_of(address).rpartition("/")[2][:NAME_CHARACTERS],
        )
        for address, stated in zip_longest(addresses, types[: len(addresses)], fillvalue="")
    )


def media_types(addresses: Sequence[str], types: Sequence[str]) -> tuple[str, ...]:
    """The type of each file, as stated, else by the ending of its address, else ""."""
    return tuple(file.type for file in media_files(addresses, types))


def stated_types(addresses: Sequence[str], types: Sequence[str]) -> tuple[str, ...]:
    """One stated type for each address, "" for none."""
    return tuple((*types, *("" for _ in addresses))[: len(addresses)])


def media_text(types: Sequence[str]) -> str:
    """`2 pictures and 1 video`, of the types of files."""
    counted = Counter(map(kind_of, types))
    words = [f"{count} {kind if count == 1 else _PLURALS[kind]}" for kind, count in counted.items()]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def kind_of(type: str) -> str:
    """What a type is for people; anything unknown is a file."""
    return "contact" if type in _CONTACTS else _KINDS.get(type.partition("/")[0], "file")


def type_of_address(address: str) -> str:
    """The type by the ending of the path, "" if that says nothing."""
    ending = _ENDING.search(_path_of(address))
    return _ENDINGS.get(ending[1].lower(), "") if ending else ""


def _path_of(address: str) -> str:
    try:
        return unquote(urlsplit(address).path)
    except ValueError:
        return ""
