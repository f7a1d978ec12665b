"""Access control (P8): one access token for the whole instance, and the browsers that signed in with it."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from .. import clock
from ..domain.access import AccessRole, Caller, CallerKind
from ..errors import CannotStart, StoreUnavailable
from ..files import new_file, remove_leftovers
from ..log import get_log
from ..settings import MIN_TOKEN_LENGTH, Settings
from ..store import Session, Store

IDLE = timedelta(hours=12)
HARD = timedelta(days=7)
# Storing each use of a session would cost a commit for each click.
TOUCH_EVERY = timedelta(minutes=5)
MAX_REMEMBERED = 1_000
# The name of the access token of the installation.
FIRST_NAME = "access token"

_log = get_log("access")


def digest(secret: str) -> str:
    """The SHA-256 of a secret. Only this is stored; secrets are random, so no salt is needed."""
    # A header may have bytes that are not UTF-8: that is a wrong secret and must not raise.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Access:
    """Checks access tokens and session cookies. `made_here`: smsbin generated the token, so it may print it."""

    def __init__(self, store: Store, token: str, *, made_here: bool) -> None:
        self._store = store
        self._token = token
        self._token_hash = digest(token)
        self._sessions: dict[str, Session] = {}
        self._signed_out: set[str] = set()
        self.made_here = made_here
        self.ended = 0
        """The number of sessions that were ended. The handler of an open connection checks its session again when
        this changes."""

    @property
    def printable_token(self) -> str | None:
        """The token for the sign-in link; None if the operator has set it."""
        return self._token if self.made_here else None

    def caller_of_token(self, token: str) -> Caller | None:
        """Who has this access token, compared in constant time; None: it is not valid."""
        is_ours = clock.same_secret(digest(token), self._token_hash)
        return Caller(name=FIRST_NAME, role=AccessRole.ADMIN, kind=CallerKind.BEARER) if is_ours else None

    async def start(self) -> None:
        """Delete sessions of another token and idle ones. On a full disk they stay stored, but are not valid."""
        with self._ignore_full_disk():
            await self._store.drop_sessions(other_than_token=self._token_hash, seen_before=clock.now() - IDLE)

    async def sign_in(self) -> str:
        """Create a session; returns the secret for its cookie. The caller must check the token first."""
        secret = clock.new_secret()
        now = clock.now()
        session = Session(hash=digest(secret), token_hash=self._token_hash, created_at=now, seen_at=now)
        self._remember(session)
        with self._ignore_full_disk():
            await self._store.add_session(session)
        return secret

    async def caller_of_session(self, cookie: str) -> Caller | None:
        """Who signed in with this cookie; None: it is not that of a valid session."""
        if not await self._has_session(cookie):
            return None
        return Caller(name=FIRST_NAME, role=AccessRole.ADMIN, kind=CallerKind.SESSION)

    async def _has_session(self, cookie: str) -> bool:
        key = digest(cookie)
        session = self._sessions.get(key) or await self._store.find_session(key)
        now = clock.now()
        # The session may have been signed out in the meantime.
        if session is None or key in self._signed_out or session.token_hash != self._token_hash:
            return False
        if now - session.seen_at > IDLE or now - session.created_at > HARD:
            await self.sign_out(cookie)
            return False
        is_old = now - session.seen_at > TOUCH_EVERY
        # Before the store is called: a sign-out during that call must remove the session.
        self._remember(replace(session, seen_at=now) if is_old else session)
        if is_old:
            with self._ignore_full_disk():
                await self._store.touch_session(key, now)
        return key not in self._signed_out

    async def sign_out(self, cookie: str) -> None:
        """End the session of a cookie."""
        key = digest(cookie)
        self._sessions.pop(key, None)
        if len(self._signed_out) >= MAX_REMEMBERED:
            self._signed_out.clear()
        self._signed_out.add(key)
        self.ended += 1
        await self._store.drop_session(key)

    def _remember(self, session: Session) -> None:
        if len(self._sessions) >= MAX_REMEMBERED and session.hash not in self._sessions:
            self._sessions.clear()
        self._sessions[session.hash] = session

    @contextmanager
    def _ignore_full_disk(self) -> Iterator[None]:
        """Signing in must work on a full disk, so that captures can be deleted. What is not stored is valid until a
        restart."""
        try:
            yield
        except StoreUnavailable as error:
            _log.warning("session.not_stored", reason=str(error))


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
    """Whether the group or others may read or write the file. Raises OSError."""
    return bool(path.stat().st_mode & 0o066)


def _write(path: Path, token: str) -> None:
    """Write the file atomically."""
    remove_leftovers(path)
    with new_file(path) as file:
        file.write(token.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_secret_file(path: Path, what: str = "access token") -> str:
    """The secret in a file; `what` names it in errors. Raises CannotStart."""
    try:
        token = path.read_text().strip()
        if others_can_open(path):
            cure = f"chmod 600 {path}, and set a new token if others may have read it"
            _log.warning("token_file.open_to_others", path=str(path), cure=cure)
    except OSError as error:
        raise CannotStart(f"The {what} file {path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        token = ""
    if len(token) < MIN_TOKEN_LENGTH or not token.isascii() or not token.isprintable() or " " in token:
        raise CannotStart(f"The {what} in {path} needs at least {MIN_TOKEN_LENGTH} visible ASCII characters.")
    return token
