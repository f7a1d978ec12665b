"""Code that verifies a request of a scheme, with the call of the vendor's own library where there is one."""

import json
from dataclasses import dataclass

from .node import NODE
from .python import PYTHON


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code in one language. `package` is what has to be installed, "" for nothing."""

    language: str
    package: str
    code: str


def snippets_for(scheme: str, url: str) -> tuple[Snippet, ...]:
    """Python and Node for a scheme; none where there is nothing to display. `url` is quoted, because anyone may have
    sent it, and JSON's quotes are those of both languages."""
    quoted = json.dumps(url)
    found = (("Python", PYTHON.get(scheme)), ("Node", NODE.get(scheme)))
    return tuple(
        Snippet(language, text[0], quoted.join(text[1].split("{url}"))) for language, text in found if text is not None
    )
