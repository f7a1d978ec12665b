"""A Chromium for the browser tests: one on PATH, else Playwright's own, else Debian's when we are root.

Run by `make test` before pytest, so that a machine without a browser hears one clear line instead of fifty failures.
"""

import os
import shutil
import subprocess
import sys

# The first one has no window, so a new page costs a fifth of the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
    done = subprocess.run([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"], check=False)
    return done.returncode == 0


def from_apt() -> bool:
    """Install Debian's, when that is allowed."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["install", "-y", "-qq", "--no-install-recommends"]
    for arguments in (["update", "-qq"], [*install, NAMES[0]], [*install, NAMES[1]]):
        if subprocess.run(["apt-get", *arguments], check=False, env=environment).returncode == 0 and on_path():
            return True
    return False


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
