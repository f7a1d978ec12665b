"""Bins."""

from .base import Job


class AddBin(Job):
    id: str
    key: str
    name: str | None
    provider: str | None
    retention_s: int | None
    stuck_s: int
    created_at: int


class SetBin(Job):
    id: str
    name: str
    provider: str | None
    retention_s: int | None
    stuck_s: int


class RotateKey(Job):
    id: str
    key: str
    changed_at: int = 0


class DropBin(Job):
    id: str
