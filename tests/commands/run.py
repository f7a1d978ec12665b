"""Runs the command line as a process of its own, and sends captures."""

import os
import subprocess
import sys
import urllib.parse
import urllib.request

from tests.process import ROOT, Process


def environment(**variables: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SMSBIN_")} | variables


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run to the end."""
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(**variables), capture_output=True, text=True, timeout=60, check=False
    )


def start(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
    """A running process, with pipes."""
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(**variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def hit(server: Process, text: str, role: str = "primary", **fields: str) -> int:
    """Send one SMS; returns its number."""
    said = {"From": "+14155550123", "To": "+14155550100", "Text": text} | fields
    with urllib.request.urlopen(server.ready["urls"][role], urllib.parse.urlencode(said).encode()) as answer:
        assert answer.status == 200
        return int(answer.headers["X-Capture"])
