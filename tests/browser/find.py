"""A Chromium for the browser tests: one on PATH, else Playwright's own, else Debian's when we are root.

Run by `make test` before pytest, so that a machine without a browser hears one clear line instead of fifty failures.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def on_path() -> str | None:
    """The browser that the machine has."""
    given = os.environ.get("CHROMIUM")
    return given or next(filter(None, map(shutil.which, NAMES)), None)


def from_playwright() -> bool:
    """Fetch Playwright's own; False when its download host is out of reach."""
    done = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return done.returncode == 0


def from_apt() -> bool:
    """Install Debian's, when that is allowed."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        if subprocess.run(["apt-get", *arguments], check=False, env=environment).returncode:
            return False
    return on_path() is not None


def main() -> None:
    """Exit 0 when there is a browser at the end."""
    if on_path() or from_playwright() or from_apt():
        return
    print(
        "The browser tests need Chromium: install it (apt-get install chromium), or name one in CHROMIUM.",
        file=sys.stderr,
    )
    sys.exit(1)


if __name__ == "__main__":
    main()
