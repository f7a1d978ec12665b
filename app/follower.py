"""The ledger process with the providers' data sheets: `python -m <package>.follower <pipe> …`.

It is outside of `storage/`, which does not import `providers/`: the parser is passed in.
"""

import hashlib
import sys
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from .domain.captures import RawRequest, Reading
from .domain.findings import by_weight
from .domain.reader import DEFAULT_READER_CONTEXT, DEFAULT_READER_SETTINGS, ReaderContext, ReaderSettings
from .domain.roles import Role
from .domain.signatures import Judgement
from .providers import recognise
from .providers.custom import custom_reader
from .signatures.sealing import key_version
from .signatures.stored import finding_of, judge_stored
from .storage.ledger.process import follow
from .storage.ledger.steps import CaptureReader

HERE = Path(__file__).parent
# The code that parses and folds captures. A ledger that was made by other code is rebuilt.
_SOURCES = ("domain", "parsing", "providers", "signatures", "storage/ledger")


def read_capture(
    raw: RawRequest, role: Role, provider: str | None, settings: ReaderSettings, context: ReaderContext
) -> Reading:
    """Parse a capture with the settings of its bin, and judge its signature if the bin has secrets."""
    if settings is DEFAULT_READER_SETTINGS:
        return recognise(raw, role, provider)
    reading = recognise(raw, role, provider, custom_reader(settings.mapping))
    if not settings.secrets:
        return reading
    return judged(reading, judge_stored(raw, reading.provider, settings.secrets, context))


def judged(reading: Reading, judgement: Judgement) -> Reading:
    """A reading with a verdict and its finding."""
    finding = finding_of(judgement)
    findings = reading.findings if finding is None else by_weight((*reading.findings, finding))
    return replace(reading, signature=judgement, findings=findings)


def make_capture_reader(context: ReaderContext = DEFAULT_READER_CONTEXT) -> CaptureReader:
    """A reader that uses the data sheets. Its version is a digest of its source files, so that it changes with them;
    that of a bin with secrets changes with the context, too."""
    digest = hashlib.sha256()
    for path in (path for folder in _SOURCES for path in sorted((HERE / folder).rglob("*.py"))):
        digest.update(path.read_bytes())
    version = digest.hexdigest()[:16]
    facts = f"{version} {key_version(context.secrets_key)} {context.public_url or ''}"
    read = partial(read_capture, context=context)
    return CaptureReader(read, version, hashlib.sha256(facts.encode()).hexdigest()[:16])


if __name__ == "__main__":
    follow(sys.argv[1:], make_capture_reader)
