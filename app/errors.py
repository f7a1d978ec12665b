"""The errors of the application; `web/site/middleware.py` translates them to HTTP responses."""

from typing import ClassVar


class AppError(Exception):
    """An error that the user can act on. `code` is stable; the message is for users."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"


class NotFound(AppError):
    """There is no such bin, capture or role."""

    status, code = 404, "not_found"


class Conflict(AppError):
    """The request contradicts the current state."""

    status, code = 409, "conflict"


class Forbidden(AppError):
    """Not allowed from this origin, whatever the credential is."""

    status, code = 403, "forbidden"


class Ended(AppError):
    """There was something at this URL, and it has ended."""

    status, code = 410, "gone"


class RoleTooSmall(AppError):
    """The caller is known, and may not do this."""

    status, code = 403, "role_too_small"


class Unauthorized(AppError):
    """The credential is missing or wrong."""

    status, code = 401, "unauthorized"


class MalformedBody(AppError):
    """The body is not valid JSON."""

    status, code = 400, "malformed"


class BadHost(AppError):
    """The Host header is not valid."""

    status, code = 400, "bad_host"


class IncompleteBody(AppError):
    """The client closed the connection before the end of the body, or the framing is invalid."""

    status, code = 400, "incomplete_body"


class SlowBody(AppError):
    """The body did not arrive in time. The connection is closed."""

    status, code = 408, "slow_body"


class UnsupportedType(AppError):
    """The Content-Type is not JSON."""

    status, code = 415, "unsupported_type"


class TooLarge(AppError):
    """The body is larger than the API allows."""

    status, code = 413, "too_large"


class Invalid(AppError):
    """Bad input: every wrong field by its name, with the fix."""

    status, code = 422, "invalid"

    def __init__(self, *problems: tuple[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems))


class StoreUnavailable(AppError):
    """Nothing can be written now. A capture is answered 503, so that the provider uses its fallback (P2)."""

    status, code = 503, "store_unavailable"


class Stale(AppError):
    """Something was decided from settings or a state that another server has changed, as the answer to a capture;
    nothing was stored. It is to be decided again."""

    status, code = 503, "stale"


class NotReadable(StoreUnavailable):
    """The log or the ledger cannot be read now. Captures are stored all the same."""

    code = "not_readable"


class DatabaseUnreachable(NotReadable):
    """The database that several servers share cannot be reached; neither reads nor writes are possible."""

    code = "database_unreachable"


class ReadTooLong(NotReadable):
    """A read was stopped because it took too long and would block other reads."""


class TooSlow(Invalid):
    """A search was stopped because it took too long. It is reported as an invalid filter, because a client would
    repeat a request that gets 503, and that would take as long again."""

    code = "too_slow"


class Damaged(AppError):
    """The stored bytes differ from those that were received, so they are not used."""

    code = "damaged"


class CannotStart(AppError):
    """The process cannot run here; the message has the fix. Exit code 3."""

    code = "cannot_start"
