"""The access token of the installation: from the settings, or in a file that smsbin writes at the first start."""

import os
from pathlib import Path

from .. import clock
from ..errors import CannotStart
from ..files import new_file, remove_leftovers
from ..log import get_log
from ..settings import MIN_TOKEN_LENGTH, Settings

_log = get_log("access")


def find_token(settings: Settings) -> tuple[str, bool]:
    """The token and whether smsbin generated it: from the settings, a file, the data directory, or new (mode 0600)."""
    if settings.access_token:
        return settings.access_token, False
    if settings.access_token_file:
        return read_secret_file(settings.access_token_file), False
    path = settings.data_dir / "access-token"
    # An empty file is left when the process is stopped, or the disk is full, while it is written.
    if path.exists() and path.stat().st_size:
        return read_secret_file(path), True
    token = clock.new_secret()
    try:
        _write(path, token)
    except OSError as error:
        raise CannotStart(
            f"The access token cannot be written to {path} ({error.strerror}). Free some space there."
        ) from None
    return token, True


def others_can_open(path: Path) -> bool:
    """Whether the group or others may read or write the file. Raises OSError.

    Secrets of Kubernetes belong to root, and a server that is not root can read them by its group only.
    """
    found = path.stat()
    is_for_us = found.st_uid == 0 != os.geteuid() and found.st_gid == os.getegid()
    return bool(found.st_mode & (0o026 if is_for_us else 0o066))


def _write(path: Path, token: str) -> None:
    """Write the file atomically."""
    remove_leftovers(path)
    with new_file(path) as file:
        file.write(token.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_secret_file(path: Path, what: str = "access token", *, shortest: int = MIN_TOKEN_LENGTH) -> str:
    """The secret in a file; `what` names it in errors. Raises CannotStart, also if it has fewer than `shortest`
    characters."""
    try:
        token = path.read_text().strip()
        if others_can_open(path):
            cure = f"chmod 600 {path}, and set a new token if others may have read it"
            _log.warning("token_file.open_to_others", path=str(path), cure=cure)
    except OSError as error:
        raise CannotStart(f"The {what} file {path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        token = ""
    if len(token) < shortest or not token.isascii() or not token.isprintable() or " " in token:
        raise CannotStart(f"The {what} in {path} needs at least {shortest} visible ASCII characters.")
    return token
