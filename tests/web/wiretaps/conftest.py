"""A server whose operator has allowed this machine as a target, and a handler."""

from tests.web.forwards.conftest import opened as opened  # noqa: PLC0414
from tests.web.forwards.conftest import target as target  # noqa: PLC0414
