"""The faults that are on in a bin."""

from aiohttp import web

from ... import keys
from ...domain.faults import ActiveFault
from ...domain.roles import Role


def faults_of(app: web.Application, bin_id: str) -> tuple[ActiveFault, ...]:
    """The faults that are on, in the order of the roles."""
    order = list(Role)
    return tuple(sorted(app[keys.FAULTS].of_bin(bin_id), key=lambda active: order.index(active.role)))
