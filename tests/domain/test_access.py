"""Roles are ordered, and a caller may know of some bins or of all."""

from app.domain.access import AccessRole, AddressRole, Caller, CallerKind, role_of


def _caller(**more: object) -> Caller:
    return Caller(**{"name": "ci", "role": AccessRole.READ, "kind": CallerKind.BEARER, **more})  # type: ignore[arg-type]


def test_a_role_includes_those_before_it() -> None:
    may = {role: [other.value for other in AccessRole if role.includes(other)] for role in AccessRole}
    assert may == {
        AccessRole.READ: ["read"],
        AccessRole.WRITE: ["read", "write"],
        AccessRole.ADMIN: ["read", "write", "admin"],
    }
    assert _caller(role=AccessRole.WRITE).may(AccessRole.READ)
    assert not _caller(role=AccessRole.READ).may(AccessRole.WRITE)


def test_a_caller_knows_of_their_own_bins_or_of_all() -> None:
    some, every = _caller(bins=frozenset({"a", "b"})), _caller()
    assert [some.sees(bin_id) for bin_id in "abc"] == [True, True, False]
    assert not _caller(bins=frozenset()).sees("a")
    assert every.sees("c")


def test_the_largest_role_that_fits_an_address_counts() -> None:
    roles = (
        AddressRole(AccessRole.READ, "*"),
        AddressRole(AccessRole.ADMIN, "*@ops.example.net"),
        AddressRole(AccessRole.WRITE, "ann@example.net"),
    )
    found = {address: role_of(address, roles) for address in ("ann@example.net", "x@ops.example.net", "x@example.org")}
    assert list(found.values()) == [AccessRole.WRITE, AccessRole.ADMIN, AccessRole.READ]
    assert role_of("x@evilops.example.net", roles[1:]) is None
    assert role_of("ann@example.net.evil.org", roles[1:]) is None
    assert role_of("ann@example.net", ()) is None
