"""The wheel contains the package `smsbin` with templates and static files, and it runs."""

import json
import os
import signal
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_it_holds_one_package_and_all_it_needs(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"smsbin"}
    for wanted in (
        "smsbin/docs/index.md",
        "smsbin/templates/base.html",
        "smsbin/static/js/live/live.js",
        "smsbin/static/vendor/swagger-ui/LICENSE",
        "smsbin/storage/sql/log/captures.sql",
        "smsbin/storage/sql/sqlite/ledger.sql",
        "smsbin/storage/sql/sqlite/log/0001_first.sql",
    ):
        assert wanted in names


@pytest.mark.timeout(240)
def test_it_runs_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    """Dependencies come from this environment through a path file: only the wheel itself is installed."""
    fresh = tmp_path / "fresh"
    venv.create(fresh, with_pip=False)
    site = next((fresh / "lib").glob("python*")) / "site-packages"
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    (site / "dependencies.pth").write_text(ours + "\n")
    # An extra, which is not installed.
    (site / "psycopg.py").write_text("raise ModuleNotFoundError(name='psycopg')\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SMSBIN_", "PYTHON"))}
    command = [
        str(fresh / "bin" / "python"),
        "-m",
        "smsbin",
        "--port",
        "0",
        "--data-dir",
        str(tmp_path / "data"),
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment)
    try:
        assert server.stdout is not None
        ready = json.loads(server.stdout.readline())
        assert ready["event"] == "ready"
        check = [str(fresh / "bin" / "python"), "-m", "smsbin", "healthcheck", "--url", ready["url"]]
        assert subprocess.run(check, cwd=tmp_path, env=environment, capture_output=True).returncode == 0
        with urlopen(f"{ready['url']}docs/guide/settings") as page:
            assert b"SMSBIN_PUBLIC_URL" in page.read()
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(15) == 0
        server.stdout.close()
