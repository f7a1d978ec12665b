"""The files that are published: wheel, source distribution, and the build file of the image."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PLATFORMS = ("linux/amd64", "linux/arm64")


def build(root: Path, folder: Path, moment: int) -> None:
    """Wheel and source distribution, the wheel out of the source distribution. CalledProcessError, with its output on
    stderr."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("smsbin-*.whl"), *folder.glob("smsbin-*.tar.gz")):
        old.unlink()
    # By the back end that is locked, which is installed beside the tests.
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(root)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(moment)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def image_build(version: str, moment: int, revision: str | None) -> dict[str, Any]:
    """For `docker buildx bake -f dist/docker-bake.json`, in the checkout. `revision` is the commit, if any."""
    labels = {
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.created": datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z"),
    }
    if revision:
        labels["org.opencontainers.image.revision"] = revision
    target = {
        "context": ".",
        "dockerfile": "Dockerfile",
        "platforms": list(PLATFORMS),
        "tags": [f"smsbin:{version}", "smsbin:latest"],
        "labels": labels,
        "args": {"SOURCE_DATE_EPOCH": str(moment)},
    }
    return {"group": {"default": {"targets": ["smsbin"]}}, "target": {"smsbin": target}}


def write_image_build(folder: Path, version: str, moment: int, revision: str | None) -> None:
    """`docker-bake.json` in the folder."""
    text = json.dumps(image_build(version, moment, revision), indent=2) + "\n"
    (folder / "docker-bake.json").write_text(text)
