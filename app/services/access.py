"""Who may look (P8): one access token for the whole instance, and the browsers that signed in with it."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from .. import clock
from ..errors import CannotStart, StoreUnavailable
from ..files import new_file, remove_leftovers
from ..log import get_log
from ..settings import MIN_TOKEN_LENGTH, Settings
from ..store import Session, Store

IDLE = timedelta(hours=12)
HARD = timedelta(days=7)
# Writing each use of a session would cost a commit a click.
TOUCH_EVERY = timedelta(minutes=5)
MAX_REMEMBERED = 1_000

_log = get_log("access")


def digest(secret: str) -> str:
    """Secrets are kept and found by their SHA-256 only; they are random enough to need no salt."""
    # A header may hold bytes that are no UTF-8: they are a wrong secret, not a mishap.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Access:
    """Checks bearers and session cookies. `made_here`: smsbin made the token itself, so it may print it."""

    def __init__(self, store: Store, token: str, *, made_here: bool) -> None:
        self._store = store
        self._token = token
        self._token_hash = digest(token)
        self._sessions: dict[str, Session] = {}
        self._gone: set[str] = set()
        self.made_here = made_here
        self.ended = 0
        """How many sessions were ended here. A caller that keeps a connection open asks again when it has risen."""

    @property
    def printable_token(self) -> str | None:
        """The token for the sign-in link; None when the operator gave it."""
        return self._token if self.made_here else None

    def opens(self, token: str) -> bool:
        """Is this the access token? In constant time."""
        return clock.same_secret(digest(token), self._token_hash)

    async def start(self) -> None:
        """A changed token ends all sessions; so does idleness. Those that stay on a full disk open nothing either."""
        with self._even_on_a_full_disk():
            await self._store.drop_sessions(other_than_token=self._token_hash, seen_before=clock.now() - IDLE)

    async def sign_in(self) -> str:
        """The secret for a new session's cookie. Ask `opens` first."""
        secret = clock.new_secret()
        now = clock.now()
        session = Session(hash=digest(secret), token_hash=self._token_hash, created_at=now, seen_at=now)
        self._remember(session)
        with self._even_on_a_full_disk():
            await self._store.add_session(session)
        return secret

    async def knows(self, cookie: str) -> bool:
        """Is this the cookie of a living session?"""
        key = digest(cookie)
        session = self._sessions.get(key) or await self._store.find_session(key)
        now = clock.now()
        # The session may have been signed out while we looked.
        if session is None or key in self._gone or session.token_hash != self._token_hash:
            return False
        if now - session.seen_at > IDLE or now - session.created_at > HARD:
            await self.sign_out(cookie)
            return False
        if now - session.seen_at > TOUCH_EVERY:
            session = replace(session, seen_at=now)
            with self._even_on_a_full_disk():
                await self._store.touch_session(key, now)
        self._remember(session)
        return True

    async def sign_out(self, cookie: str) -> None:
        """The cookie is worth nothing from now on."""
        key = digest(cookie)
        self._sessions.pop(key, None)
        if len(self._gone) >= MAX_REMEMBERED:
            self._gone.clear()
        self._gone.add(key)
        self.ended += 1
        await self._store.drop_session(key)

    def _remember(self, session: Session) -> None:
        if len(self._sessions) >= MAX_REMEMBERED and session.hash not in self._sessions:
            self._sessions.clear()
        self._sessions[session.hash] = session

    @contextmanager
    def _even_on_a_full_disk(self) -> Iterator[None]:
        """Who wants to make room must be able to come in. What is not written holds until a restart."""
        try:
            yield
        except StoreUnavailable as error:
            _log.warning("session.not_stored", reason=str(error))


def find_token(settings: Settings) -> tuple[str, bool]:
    """The token and whether we made it: given, from a file, found in the data directory, or new there (mode 0600)."""
    if settings.access_token:
        return settings.access_token, False
    if settings.access_token_file:
        return _from_file(settings.access_token_file), False
    path = settings.data_dir / "access-token"
    # An empty one was left by a stop, or a full disk, in the middle of making it.
    if path.exists() and path.stat().st_size:
        return _from_file(path), True
    token = clock.new_secret()
    try:
        _write(path, token)
    except OSError as error:
        raise CannotStart(
            f"The access token cannot be written to {path} ({error.strerror}). Make room there."
        ) from None
    return token, True


def others_can_open(path: Path) -> bool:
    """Whether its group or everybody may read it, or write another token into it. OSError."""
    return bool(path.stat().st_mode & 0o066)


def _write(path: Path, token: str) -> None:
    """Whole or not at all."""
    remove_leftovers(path)
    with new_file(path) as file:
        file.write(token.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _from_file(path: Path) -> str:
    try:
        token = path.read_text().strip()
        if others_can_open(path):
            cure = f"chmod 600 {path}, and give a new token if others may have read it"
            _log.warning("token_file.open_to_others", path=str(path), cure=cure)
    except OSError as error:
        raise CannotStart(f"The access token file {path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        token = ""
    if len(token) < MIN_TOKEN_LENGTH or not token.isascii() or not token.isprintable() or " " in token:
        raise CannotStart(f"The access token in {path} needs at least {MIN_TOKEN_LENGTH} visible ASCII characters.")
    return token
