"""The one tree of errors that callers may meet; `web/` translates it to HTTP in one place."""

from typing import ClassVar


class AppError(Exception):
    """Something a person can act on. `code` is stable; the message is written for that person."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"


class NotFound(AppError):
    """There is no such bin, capture or role."""

    status, code = 404, "not_found"


class Conflict(AppError):
    """The wish contradicts what is there."""

    status, code = 409, "conflict"


class Forbidden(AppError):
    """Right or wrong credential: not from this place."""

    status, code = 403, "forbidden"


class Unauthorized(AppError):
    """No credential, or a wrong one."""

    status, code = 401, "unauthorized"


class MalformedBody(AppError):
    """The body is not JSON at all."""

    status, code = 400, "malformed"


class BadHost(AppError):
    """The Host header is none."""

    status, code = 400, "bad_host"


class IncompleteBody(AppError):
    """The sender left before the end of the body, or framed it wrongly."""

    status, code = 400, "incomplete_body"


class SlowBody(AppError):
    """The body did not come in time. The connection is closed."""

    status, code = 408, "slow_body"


class UnsupportedType(AppError):
    """The body calls itself something other than JSON."""

    status, code = 415, "unsupported_type"


class TooLarge(AppError):
    """More bytes than an API body may have."""

    status, code = 413, "too_large"


class Invalid(AppError):
    """Bad input: every wrong field by its name, with the cure."""

    status, code = 422, "invalid"

    def __init__(self, *problems: tuple[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems))


class StoreUnavailable(AppError):
    """Nothing can be written now. A capture is answered 503 so that the provider's own fallback fires (P2)."""

    status, code = 503, "store_unavailable"


class NotReadable(StoreUnavailable):
    """What is kept, or what was understood of it, cannot be read now. Captures are kept all the same."""

    code = "not_readable"


class ReadTooLong(NotReadable):
    """A read was stopped because it took too long: no caller may keep the readers from others."""


class TooSlow(Invalid):
    """A search was stopped because it took too long. What is wrong is the filter, so it is told as one: asking again
    would take as long, which a 503 would invite."""

    code = "too_slow"


class Damaged(AppError):
    """The stored bytes are not those that came; they are not handed on as if they were."""

    code = "damaged"


class CannotStart(AppError):
    """The process cannot run here; the message names the cure. Exit code 3."""

    code = "cannot_start"
