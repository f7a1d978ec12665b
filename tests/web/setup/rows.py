"""Captures as the pages of setting up see them."""

from datetime import UTC, datetime

from app.domain.captures import CaptureRow, Reading
from app.domain.roles import Role

OUTSIDE, LOCAL = "54.172.60.1", "127.0.0.1"


def row(n: int, role: Role = Role.PRIMARY, peer: str = OUTSIDE) -> CaptureRow:
    """The capture `n` of a URL, from an address."""
    return CaptureRow(
        n=n, seq=n, received_at=datetime(2026, 11, 29, tzinfo=UTC), role=role, method="POST", target="/", peer=peer,
        size=2, content_type=None, body_complete=True, reading=Reading(), outcome=None,
    )  # fmt: skip
