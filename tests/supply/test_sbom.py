"""The bill of materials is compared with the lock: what is missing, more, or another release is told."""

import json
from pathlib import Path

from app import __version__

from . import sbom
from .locks import RUNTIME, read_lock

LOCK = read_lock(RUNTIME)


def _document(**versions: str) -> dict:
    components = [
        {
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "licenses": [{"license": {"id": "MIT"}}],
        }
        for name, version in ({name: pin.version for name, pin in LOCK.items()} | versions).items()
        if version
    ]
    return {"bomFormat": "CycloneDX", "metadata": {"component": {"name": "smsbin"}}, "components": components}


def test_one_that_is_like_the_lock_gets_our_version_and_passes(tmp_path: Path, capsys) -> None:
    (tmp_path / "sbom.json").write_text(json.dumps(_document()))
    assert sbom.main(str(tmp_path / "sbom.json")) == 0
    assert f"{len(LOCK)} components" in capsys.readouterr().out
    assert json.loads((tmp_path / "sbom.json").read_text())["metadata"]["component"]["version"] == __version__


def test_what_differs_is_told_and_fails(tmp_path: Path, capsys) -> None:
    (tmp_path / "sbom.json").write_text(json.dumps(_document(aiohttp="", jinja2="3.1.2", evil="1")))
    assert sbom.main(str(tmp_path / "sbom.json")) == 1
    told = capsys.readouterr().err
    assert all(word in told for word in ("aiohttp is missing", "jinja2 is 3.1.2", "evil is in no lock"))


def test_names_are_compared_as_the_index_compares_them() -> None:
    document = _document()
    for component in document["components"]:
        component["name"] = component["name"].replace("-", "_").title()
    assert list(sbom.problems(document, LOCK)) == []


def test_a_release_for_some_platforms_only_may_be_missing() -> None:
    assert list(sbom.problems(_document(**{"typing-extensions": ""}), LOCK)) == []


def test_what_tells_nothing_is_no_bill_of_materials() -> None:
    assert list(sbom.problems({}, LOCK)) == ["this is no CycloneDX document"]
    document = _document()
    document["components"][0]["licenses"] = []
    document["components"][1]["purl"] = ""
    document["metadata"] = {}
    assert len(list(sbom.problems(document, LOCK))) == 3
