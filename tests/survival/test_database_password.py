"""The password of the database is shown nowhere: not to other users of the machine, on no page, and in no log."""

import json
import urllib.request
from pathlib import Path

import psutil

from app.commands.doctor.database import CHECKS
from tests.commands.run import hit, run
from tests.postgres import Database
from tests.process import TOKEN, serving

PASSWORD = "the-password-of-the-database"


def _get(url: str) -> str:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


def test_the_password_stays_in_its_file(database: Database, tmp_path: Path) -> None:
    file, log = tmp_path / "url", tmp_path / "log"
    # The servers of tests accept every password.
    file.write_text(database.url.replace("smsbin@", f"smsbin:{PASSWORD}@"))
    file.chmod(0o600)
    with serving(tmp_path / "data", "--database-file", str(file), "--log-level", "debug", log=log) as server:
        hit(server, "hi")
        here = {"SMSBIN_PORT": str(server.port), "SMSBIN_ACCESS_TOKEN": TOKEN, "SMSBIN_DATABASE_FILE": str(file)}
        checked = run("doctor", "--json", "--data-dir", str(tmp_path / "data"), **here)
        found = [json.dumps(server.ready), checked.stdout, checked.stderr]
        processes = [psutil.Process(server.popen.pid), *psutil.Process(server.popen.pid).children(recursive=True)]
        found += [" ".join(process.cmdline()) for process in processes]
        for path in ("", "readyz", "metrics", "api/v1/info", "api/v1/openapi.json", f"bins/{server.ready['bin']}"):
            found.append(_get(server.ready["url"] + path))
        assert server.stop() == 0
    found.append(log.read_text())
    found.append(run("backup", str(tmp_path / "b.db"), **here).stderr)
    assert len(processes) == 3
    assert server.ready["database"] == database.url
    states = {line["check"]: line["state"] for line in map(json.loads, checked.stdout.splitlines())}
    assert {states[check] for check in (*CHECKS, "data directory", "secrets", "server", "access token")} == {
        "ok",
        "wrong",
    }
    # The database of the tests is not durable.
    assert [check for check, state in states.items() if state == "wrong"] == ["durability"]
    assert database.url in checked.stdout
    assert f"pg_dump --format=custom --schema=smsbin_log --file={tmp_path / 'b.db'} {database.url}" in found[-1]
    assert [text for text in found if PASSWORD in text] == []
