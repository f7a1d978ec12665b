"""Access control (P8): who has a token, and the browsers that signed in with one.

The access token of the installation is the first admin; it has no row in the log. Every other token has a name, a role
and bins (`tokens.py`). A session has the role and the bins of the token that opened it, and ends with it.

In a shared store each request reads its session and its token, so that a sign-out on any server is effective at once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta

from .. import clock
from ..domain.access import AccessRole, AccessToken, Caller, CallerKind
from ..errors import NotFound, StoreUnavailable
from ..log import get_log
from ..store import Session, Store
from .sign_in_codes import SignInCodes
from .tokens import NamedTokens, digest

IDLE = timedelta(hours=12)
HARD = timedelta(days=7)
# Storing each use of a session or a token would cost a commit for each click.
TOUCH_EVERY = timedelta(minutes=5)
MAX_REMEMBERED = 1_000
# What is kept of the name that a browser gives itself.
MOST_AGENT = 300
# The name of the access token of the installation.
FIRST_NAME = "access token"

_log = get_log("access")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser that signed in, and the token that it did it with."""

    session: Session
    token: AccessToken


class Access:
    """Checks access tokens and session cookies. `made_here`: smsbin generated the token of the installation, so it may
    print a link that signs in."""

    def __init__(self, store: Store, token: str, *, made_here: bool) -> None:
        self._store = store
        self._is_shared = store.is_shared
        self._first = AccessToken(
            id="", hash=digest(token), name=FIRST_NAME, role=AccessRole.ADMIN, bins=None, made_at=clock.now(),
            expires_at=None,
        )  # fmt: skip
        self.tokens = NamedTokens(store, reserved=FIRST_NAME)
        self.codes = SignInCodes()
        self._sessions: dict[str, Session] = {}
        self._signed_out: set[str] = set()
        self._listeners: list[Callable[[], None]] = []
        self.made_here = made_here
        self.ended = 0
        """The number of times that sessions or tokens were ended. The handler of an open connection checks its caller
        again when this changes."""

    def on_end(self, call: Callable[[], None]) -> None:
        """Call this as soon as a session or a token has ended: open connections must notice."""
        self._listeners.append(call)

    async def start(self) -> None:
        """Read the tokens; delete sessions of tokens that do not exist any more, and idle ones. On a full disk those
        stay stored, but are not valid."""
        await self.tokens.start()
        with self._ignore_full_disk():
            await self._store.drop_sessions(other_than_token=self._first.hash, seen_before=clock.now() - IDLE)

    @property
    def first_caller(self) -> Caller:
        """Who has the token of the installation."""
        return _caller(self._first, CallerKind.BEARER)

    async def caller_of_token(self, token: str) -> Caller | None:
        """Who has this token; None: it is not valid."""
        found = await self._owner(digest(token))
        if found is None:
            return None
        if found.id and (found.used_at is None or clock.now() - found.used_at > TOUCH_EVERY):
            with self._ignore_full_disk():
                await self.tokens.used(found)
        return _caller(found, CallerKind.BEARER)

    async def caller_of_session(self, cookie: str) -> Caller | None:
        """Who signed in with this cookie; None: it is not that of a valid session."""
        key = digest(cookie)
        session = self._sessions.get(key) or await self._store.find_session(key)
        owner = None if session is None else await self._owner(session.token_hash)
        # The session may have been signed out in the meantime.
        if session is None or owner is None or key in self._signed_out:
            return None
        now = clock.now()
        if _is_over(session):
            await self.end_session(session)
            return None
        is_old = now - session.seen_at > TOUCH_EVERY
        # Before the store is called: a sign-out during that call must remove the session.
        self._remember(replace(session, seen_at=now) if is_old else session)
        if is_old:
            with self._ignore_full_disk():
                await self._store.touch_session(key, now)
        if key in self._signed_out:
            return None
        caller = _caller(owner, CallerKind.SESSION)
        hard = session.created_at + HARD
        return replace(caller, until=min(hard, caller.until or hard), session_id=session.id)

    async def sign_in(self, token: str | None = None, *, agent: str = "", peer: str = "") -> str:
        """Create a session with this token, or with that of the installation; returns the secret for its cookie. The
        caller must check the token first. Raises StoreUnavailable if the store is shared."""
        secret = clock.new_secret()
        now = clock.now()
        token_hash = self._first.hash if token is None else digest(token)
        session = Session(
            hash=digest(secret), token_hash=token_hash, created_at=now, seen_at=now,
            agent=agent[:MOST_AGENT], peer=peer,
        )  # fmt: skip
        self._remember(session)
        # In a shared store it is known only if it is stored.
        with nullcontext() if self._is_shared else self._ignore_full_disk():
            await self._store.add_session(session)
        return secret

    async def sign_out(self, cookie: str) -> None:
        """End the session of a cookie."""
        await self._end(digest(cookie))

    async def end_session(self, session: Session) -> None:
        """End a session."""
        await self._end(session.hash)

    async def sessions(self) -> Sequence[SignedIn]:
        """The valid sessions, the newest use first."""
        await self.tokens.refresh()
        stored = {session.hash: session for session in await self._store.list_sessions(limit=MAX_REMEMBERED)}
        # On a full disk a session is only here, and here its last use is exact to some minutes.
        found = ((session, self._known_owner(session.token_hash)) for session in (stored | self._sessions).values())
        valid = [
            SignedIn(session, owner)
            for session, owner in found
            if owner is not None and session.hash not in self._signed_out and not _is_over(session)
        ]
        return sorted(valid, key=lambda each: each.session.seen_at, reverse=True)

    async def find_session(self, session_id: str) -> Session:
        """A valid session by its id. Raises NotFound."""
        for each in await self.sessions():
            if each.session.id == session_id:
                return each.session
        raise NotFound(f"There is no session {session_id}.")

    async def revoke(self, token_id: str) -> AccessToken:
        """Delete a named token, with the sessions that it opened. Raises NotFound."""
        token = await self.tokens.drop(token_id)
        self._tell_ended()
        return token

    def ended_elsewhere(self) -> None:
        """Another server has ended sessions, tokens or shares."""
        self._tell_ended()

    async def _owner(self, token_hash: str) -> AccessToken | None:
        """The valid token with this hash."""
        if not self._is_shared or clock.same_secret(token_hash, self._first.hash):
            return self._known_owner(token_hash)
        return await self.tokens.look_up(token_hash)

    def _known_owner(self, token_hash: str) -> AccessToken | None:
        if clock.same_secret(token_hash, self._first.hash):
            return self._first
        return self.tokens.find(token_hash)

    async def _end(self, key: str) -> None:
        self._sessions.pop(key, None)
        if len(self._signed_out) >= MAX_REMEMBERED:
            self._signed_out.clear()
        self._signed_out.add(key)
        self._tell_ended()
        await self._store.drop_session(key)

    def _tell_ended(self) -> None:
        self.ended += 1
        for call in self._listeners:
            call()

    def _remember(self, session: Session) -> None:
        if self._is_shared:
            return
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


def _caller(token: AccessToken, kind: CallerKind) -> Caller:
    return Caller(name=token.name, role=token.role, kind=kind, bins=token.bins, until=token.expires_at)


def _is_over(session: Session) -> bool:
    now = clock.now()
    return now - session.seen_at > IDLE or now - session.created_at > HARD
