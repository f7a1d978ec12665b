"""The audit log when the server is killed: no change is without an entry, and what was acknowledged has its result."""

import json
import threading
import urllib.request
from pathlib import Path

from tests.process import TOKEN, serving

CLIENTS = 6


def _get(url: str) -> dict:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def _create(url: str) -> str:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}api/v1/bins", b"{}", headers, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())["id"]


def test_after_a_kill_every_change_has_an_entry(tmp_path: Path) -> None:
    acknowledged: set[str] = set()
    enough = threading.Event()

    def change(url: str) -> None:
        while True:
            try:
                acknowledged.add(_create(url))
            except OSError:
                return
            if len(acknowledged) > 10 * CLIENTS:
                enough.set()

    with serving(tmp_path / "data") as server:
        clients = [threading.Thread(target=change, args=[server.ready["url"]]) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        assert enough.wait(60)
        server.kill_all()
        for client in clients:
            client.join()
    with serving(tmp_path / "data") as server:
        url = server.ready["url"]
        bins = {bin["id"] for bin in _get(f"{url}api/v1/bins?limit=500")["items"]} - {server.ready["bin"]}
        entries = _get(f"{url}api/v1/audit?limit=500&action=bin.create")["items"]
    assert acknowledged <= bins
    # An entry that was cut off does not know the id of its bin.
    known = {entry["bin"] for entry in entries if entry["result"] == "done"}
    assert acknowledged <= known <= bins
    assert len(bins) <= len(entries)
    assert {entry["result"] for entry in entries if entry["bin"] not in known} <= {None}
