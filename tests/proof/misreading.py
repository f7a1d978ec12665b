"""A server with a planted defect: a byte after a body is read as a part of it. The fuzz test must detect it."""

from app.commands import main
from app.ingress.body import Body

_feed = Body.feed


def _misread(self: Body, data: bytes) -> bytes:
    """Of a body that did not arrive with its head."""
    return _feed(self, data)[1:]


Body.feed = _misread  # type: ignore[method-assign]

if __name__ == "__main__":
    main()
