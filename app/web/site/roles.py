"""Roles in addresses and parameters."""

from aiohttp import web

from ... import keys
from ...domain.roles import Role
from ...errors import NotFound
from .inputs import read_query


async def role_address(request: web.Request) -> tuple[str, Role]:
    """The bin's id and the role in the path. NotFound."""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    name = request.match_info["role"]
    if name not in set(Role):
        raise NotFound(f"There is no role {name}. Roles are {', '.join(Role)}.")
    return bin.id, Role(name)


def role_named(name: str | None) -> Role:
    """A role by its name; the primary one for None and for unknown names."""
    return Role(name) if name in list(Role) else Role.PRIMARY
