"""What runs on GitHub does what its files promise, and is given no more than it needs."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from .locks import ROOT

FOLDER = ROOT / ".github"
WORKFLOWS = {path.stem: path for path in sorted((FOLDER / "workflows").glob("*.yml"))}
TEMPLATES = [path for path in sorted((FOLDER / "ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"]
MAKEFILE = (ROOT / "Makefile").read_text()


def _read(path: Path) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    return {"on" if key is True else key: value for key, value in yaml.safe_load(path.read_text()).items()}


def _jobs(name: str) -> dict[str, Any]:
    return _read(WORKFLOWS[name])["jobs"]


def _commands(name: str) -> list[str]:
    return [step["run"] for job in _jobs(name).values() for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_only_read_and_every_job_ends(name: str) -> None:
    workflow = _read(WORKFLOWS[name])
    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in workflow["on"]
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        assert 0 < job["timeout-minutes"] <= 60
        assert re.fullmatch(r"ubuntu-\d\d\.\d\d", job["runs-on"])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_command_is_put_together_from_what_others_write(name: str) -> None:
    """A branch or a title with quotes in it would become a part of the command."""
    assert [command for command in _commands(name) if "${{" in command] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_runs_targets_of_the_makefile(name: str) -> None:
    targets = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(_commands(name))))
    assert targets
    assert {target for target in targets if f"\n{target}:" not in MAKEFILE} == set()


def test_the_tests_run_on_every_python_that_is_supported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    tried = _jobs("tests")["tests"]["strategy"]["matrix"]["python"]
    named = [line.rpartition(" ")[2] for line in project["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert tried == named == ["3.11", "3.12", "3.13", "3.14"]
    assert project["requires-python"] == f">={tried[0]}"
    assert "make test PYTHON=python" in _commands("tests")


def test_the_lowest_releases_are_tried_on_the_lowest_python() -> None:
    job = _jobs("tests")["lowest"]
    assert [step["with"]["python-version"] for step in job["steps"] if "python-version" in step.get("with", {})] == [
        "3.11"
    ]
    assert job["steps"][-1]["run"] == "make test-lowest PYTHON=python"


def test_a_tag_is_built_and_kept() -> None:
    workflow = _read(WORKFLOWS["release"])
    assert workflow["on"] == {"push": {"tags": ["v[0-9]+.[0-9]+.[0-9]+"]}}
    assert any(command.startswith('make dist TAG="$GITHUB_REF_NAME"') for command in _commands("release"))
    (upload,) = [step for step in workflow["jobs"]["build"]["steps"] if "upload-artifact" in step.get("uses", "")]
    assert upload["with"]["path"] == "dist/*.*"
    assert upload["with"]["if-no-files-found"] == "error"


def test_a_commit_is_checked_by_the_commands_of_make_lint() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    # `make lint` runs `make style` first.
    recipes = re.findall(r"^(?:style|lint):.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    lint = [line.strip().replace("$(BIN)", ".venv/bin") for recipe in recipes for line in recipe.splitlines()]
    assert [hook["entry"] for hook in hooks] == lint
    assert all(hook["pass_filenames"] is False for hook in hooks)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_an_issue_asks_for_what_doctor_says(path: Path) -> None:
    form = yaml.safe_load(path.read_text())
    assert {"name", "description", "body"} <= form.keys()
    ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
    assert len(set(ids)) == len(ids)
    (doctor,) = [field for field in form["body"] if field.get("id") == "doctor"]
    assert "smsbin doctor --json" in doctor["attributes"]["label"]
    assert path.stem == "idea" or doctor["validations"] == {"required": True}


def test_there_is_no_issue_without_a_form() -> None:
    assert yaml.safe_load((FOLDER / "ISSUE_TEMPLATE" / "config.yml").read_text())["blank_issues_enabled"] is False
    assert {path.stem for path in TEMPLATES} == {"bug", "provider", "idea"}
