"""From the bytes of a file to its text: unpacked, in its charset, within `bounds.MAX_UNPACKED`.

The file is read twice, because a charset is only certain at its end, and a row that was read with the wrong one cannot
be taken back.
"""

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple, TextIO

from ..parsing.charsets import decode, decode_by_zeros, guess_western
from .bounds import MAX_UNPACKED
from .failures import UnreadableRecords

Progress = Callable[[int, int], None]
"""Called with the bytes read so far, and with all bytes of the unpacked file."""

_CHUNK = 1024 * 1024
_SAMPLE = 64 * 1024
_GZIP = b"\x1f\x8b"
# With files in it, and without any.
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# What is exported or renamed by mistake, by its first bytes.
_OTHERS = {
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an Excel workbook (.xls)",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"SQLite format 3": "a database",
}
_SPREADSHEET = "The file is a spreadsheet (.xlsx, .ods). Save it as CSV (UTF-8), or better use the export as it is."
_BINARY = "The file is not text. Export the list as CSV or JSON."
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)


class BoundedBytes(io.RawIOBase):
    """A source of bytes that ends with an error beyond `MAX_UNPACKED`, and names what is wrong with its packing."""

    def __init__(self, source: BinaryIO, progress: Callable[[int], None] | None = None) -> None:
        self._source = source
        self._progress = progress
        self._count = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes. UnreadableRecords: too many, or damaged."""
        try:
            data = self._source.read(min(len(buffer), _CHUNK))
        except _BROKEN:
            raise UnreadableRecords("The compressed file is damaged or incomplete. Download it again.") from None
        self._count += len(data)
        if self._count > MAX_UNPACKED:
            raise UnreadableRecords(
                f"The file has more than {MAX_UNPACKED // 1_000_000} MB. Export a shorter time, or split the file."
            )
        if self._progress is not None:
            self._progress(self._count)
        buffer[: len(data)] = data
        return len(data)


class OpenedText(NamedTuple):
    """`begins`: the first character that is not blank. The line ends of `text` are as in the file."""

    begins: str
    text: TextIO


def open_text(file: BinaryIO, progress: Progress | None = None) -> OpenedText:
    """The text of a file, which is CSV, TSV or JSON, plain, as gzip, or the only member of a zip archive. `file` can be
    sought in. UnreadableRecords: it is something else."""
    begins, charset, size = _measure(BoundedBytes(_unpack(file)))
    report = None if progress is None else (lambda count: progress(count, size))
    source = io.BufferedReader(BoundedBytes(_unpack(file), report), _SAMPLE)
    return OpenedText(begins, io.TextIOWrapper(source, encoding=charset, errors="replace", newline=""))


def _unpack(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]
    if head.startswith(_ZIP):
        return _only_member(file)
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            raise UnreadableRecords(f"The file is {name}. Export the list as CSV or JSON.")
    return file


def _only_member(file: BinaryIO) -> BinaryIO:
    try:
        archive = zipfile.ZipFile(file)
    except _BROKEN:
        raise UnreadableRecords("The zip archive is damaged or incomplete. Download it again.") from None
    names = [info.filename for info in archive.infolist()]
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise UnreadableRecords(_SPREADSHEET)
    members = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
    if len(members) != 1:
        raise UnreadableRecords(f"The zip archive has {len(members)} files. Unpack it, and choose one of them.")
    if members[0].flag_bits & 1:
        raise UnreadableRecords("The zip archive has a password. Unpack it first.")
    # Other methods reserve as much memory as the archive demands.
    if members[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableRecords("The zip archive uses an unusual compression. Unpack it first.")
    try:
        return archive.open(members[0])  # type: ignore[return-value]
    except _BROKEN:
        raise UnreadableRecords("The zip archive is damaged or incomplete. Download it again.") from None


def _measure(source: BoundedBytes) -> tuple[str, str, int]:
    """The first character that is not blank, the charset, as Python names it, and the size."""
    sample = _read(source, _SAMPLE)
    if sample.startswith((_GZIP, *_ZIP)):
        raise UnreadableRecords("The archive contains another archive. Unpack it first.")
    text, charset = _decode(sample)
    begins = text.lstrip("\ufeff \t\r\n\x1e")[:1]
    if not begins:
        raise UnreadableRecords("The file is empty. Check the time and the filter of the export.")
    if not begins.isprintable():
        raise UnreadableRecords(_BINARY)
    if begins == "<":
        raise UnreadableRecords("The file is a web page or XML. Sign in at the provider and export the list again.")
    if charset != "utf-8":
        return begins, charset, len(sample) + sum(len(chunk) for chunk in _chunks(source))
    return begins, *_check_utf8(sample, source)


def _decode(sample: bytes) -> tuple[str, str]:
    """The begin of the text, and its charset."""
    found = decode_by_zeros(sample, None, whole=False) or decode(sample, None, guess_western, whole=False)
    if found is not None:
        return found[0], found[1].name
    # One text with half of a surrogate pair must not spoil the file.
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return sample.decode("utf-16", "replace"), "utf-16"
    raise UnreadableRecords(_BINARY)


def _check_utf8(sample: bytes, source: BoundedBytes) -> tuple[str, int]:
    """UTF-8 up to the end, or Windows-1252, in which programs write that do not write UTF-8."""
    decoder, size, name = codecs.getincrementaldecoder("utf-8")(), len(sample), "utf-8-sig"
    try:
        decoder.decode(sample)
        for chunk in _chunks(source):
            size += len(chunk)
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        name = "windows-1252"
    return name, size + sum(len(chunk) for chunk in _chunks(source))


def _chunks(source: BoundedBytes) -> Iterator[bytes]:
    return iter(lambda: source.read(_CHUNK) or b"", b"")


def _read(source: BoundedBytes, size: int) -> bytes:
    """So many bytes, or all; one read may give fewer."""
    data = b""
    while len(data) < size and (chunk := source.read(size - len(data))):
        data += chunk
    return data
