"""Images and actions are named by what they hold: a tag can be moved."""

import re
from pathlib import Path

import pytest
import yaml

from .locks import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def _images() -> dict[str, str]:
    """Where an image is named, and how; not those that are built here."""
    docker = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    images = {f"Dockerfile {n}": image for n, image in enumerate(docker)}
    for path in ROOT.glob("compose*.yaml"):
        services = yaml.safe_load(path.read_text())["services"]
        images |= {f"{path.name} {name}": each["image"] for name, each in services.items() if "image" in each}
    return images


def test_images_have_a_version_and_a_digest() -> None:
    images = _images()
    assert len(images) == 6
    for where, image in images.items():
        assert re.fullmatch(r"[a-z0-9./-]+:\d+\.\d+[a-z0-9.-]*@sha256:[0-9a-f]{64}", image), where


def test_it_is_built_and_run_by_the_same_image() -> None:
    assert _images()["Dockerfile 0"] == _images()["Dockerfile 1"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_named_by_their_commit_and_may_only_read(path: Path) -> None:
    text = path.read_text()
    used = re.findall(r"uses: (.+)", text)
    assert used
    assert [use for use in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", use)] == []
    assert "permissions:\n  contents: read\n" in text
    assert text.count("persist-credentials: false") == text.count("actions/checkout@")


def test_what_the_image_is_built_from_is_let_in() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert {name for line in copied for name in line.split()[:-1]} == allowed
