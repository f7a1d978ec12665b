"""A server with a planted mistake: a byte behind a body is taken for a part of it. The fuzz must catch it, or proves
nothing."""

from app.commands import main
from app.ingress.body import Body

_feed = Body.feed


def _misread(self: Body, data: bytes) -> bytes:
    """Of a body that did not come with its head."""
    return _feed(self, data)[1:]


Body.feed = _misread  # type: ignore[method-assign]

if __name__ == "__main__":
    main()
