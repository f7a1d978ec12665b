"""Runs the command line as a process of its own, and sends captures."""

import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

from tests import process
from tests.process import ROOT, Process, environment


def run(*arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """A command, run to its end."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        given.write(stdin.encode())
        given.seek(0)
        files = [given.fileno(), stdout.fileno(), stderr.fileno()]
        started = process.start_program(arguments, environment(**variables), files)
        try:
            code = started.wait(60)
        except subprocess.TimeoutExpired:
            started.kill()
            raise
        stdout.seek(0)
        stderr.seek(0)
        return subprocess.CompletedProcess(arguments, code, stdout.read().decode(), stderr.read().decode())


def start(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
    """A new interpreter, with pipes."""
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
