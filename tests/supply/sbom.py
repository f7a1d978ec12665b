"""`python -m tests.supply.sbom FILE`: put our version into a bill of materials, and compare it with the runtime lock.
Ends with 1 where they differ.

Needs nothing but the standard library: it runs beside the tools, not in the environment of the tests.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app import __version__

from .locks import RUNTIME, Pin, normal, read_lock


def problems(document: Mapping[str, Any], lock: Mapping[str, Pin]) -> Iterator[str]:
    """In words, one a line."""
    if document.get("bomFormat") != "CycloneDX":
        yield "this is no CycloneDX document"
        return
    listed = {normal(each["name"]): each for each in document.get("components", [])}
    # A pin with a marker is for some platforms only.
    yield from (f"{name} is missing" for name, pin in lock.items() if name not in listed and not pin.marker)
    for name, component in listed.items():
        if name not in lock:
            yield f"{name} is in no lock"
            continue
        if component.get("version") != lock[name].version:
            yield f"{name} is {component.get('version')}, in the lock {lock[name].version}"
        if not component.get("purl", "").startswith("pkg:pypi/"):
            yield f"{name} has no package URL"
        if not component.get("licenses"):
            yield f"{name} has no licence"
    if document.get("metadata", {}).get("component", {}).get("name") != "smsbin":
        yield "it does not say that it is about smsbin"


def main(path: str) -> int:
    """The exit code."""
    document = json.loads(Path(path).read_text())
    # The tool does not know it: it stands in the source.
    document["metadata"]["component"]["version"] = __version__
    Path(path).write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
    found = list(problems(document, read_lock(RUNTIME)))
    for problem in found:
        print(f"{path}: {problem}", file=sys.stderr)
    if not found:
        print(f"{path}: {len(document['components'])} components, as requirements.lock has them")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
