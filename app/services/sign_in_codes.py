"""The code of the sign-in link: it signs in once, and only for some minutes. It is kept in memory only."""

from .. import clock
from .tokens import digest

CODE_S = 600.0


class SignInCodes:
    """The code that was made last."""

    def __init__(self) -> None:
        self._hash = ""
        self._made_at = 0.0

    def make(self) -> str:
        """A new code; the one before it is not valid any more."""
        code = clock.new_secret()
        self._hash, self._made_at = digest(code), clock.ticks()
        return code

    def take(self, code: str) -> bool:
        """Whether this is the code; then it is used up."""
        is_it = bool(self._hash) and clock.same_secret(digest(code), self._hash)
        if is_it:
            self._hash = ""
        return is_it and clock.ticks() - self._made_at <= CODE_S
