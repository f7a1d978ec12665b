"""Judges a PostgreSQL database: what is read from it, and what that means. Nothing is changed."""

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from ...errors import CannotStart
from ...storage.opening import requires_driver
from ...storage.postgres.addresses import DatabaseAddress, read_address
from ...storage.transaction import DatabaseError
from .results import CheckResult, ok, skipped, warning, wrong

if TYPE_CHECKING:
    from ...storage.postgres.checking import (
        ConnectionCounts,
        DatabaseFacts,
        Durability,
        OldestTransaction,
        SchemaState,
    )

CHECKS = (
    "database", "durability", "replicas", "database clock", "pooler", "notices", "connections", "transactions", "TLS",
    "tables",
)  # fmt: skip
OLDEST_VERSION = 14
PER_SERVER = 11
"""The connections of one server: 1 writes, 2 follow the log, 5 read, 2 wait for the disk, 1 listens."""
SKEW_S, LARGE_SKEW_S = 5.0, 60.0
LONG_TRANSACTION_S = 3_600
OLD_AGE = 10_000_000
"""Transactions since the oldest one that is open."""
VERIFYING_MODES = ("verify-ca", "verify-full")


def checking() -> ModuleType:
    """The module that reads a database. Raises CannotStart without the driver."""
    with requires_driver():
        from ...storage.postgres import checking as module
    return module


def check_database(url: str) -> Iterator[CheckResult]:
    """All checks of the database."""
    address = read_address(url)
    try:
        facts = checking().read_facts(url)
    except (CannotStart, DatabaseError) as error:
        yield _unreachable(address, error)
        yield from (skipped(check, "the database cannot be used") for check in CHECKS[1:])
        return
    yield judge_database(facts, address)
    yield judge_durability(facts.durability)
    yield judge_replicas(facts.durability)
    yield judge_clock(facts)
    yield judge_pooler(facts)
    yield judge_notices(facts)
    yield judge_connections(facts.connections)
    yield judge_transactions(facts.oldest)
    yield judge_tls(facts, address)
    yield judge_tables(facts.schema)


def _unreachable(address: DatabaseAddress, error: Exception) -> CheckResult:
    if isinstance(error, CannotStart):
        return wrong("database", f"{address.url} is not checked", str(error))
    cure = "Check host, port, user, password and name in --database, and that the server accepts this machine."
    return wrong("database", f"{address.url} cannot be used: {error}", cure)


def judge_database(facts: "DatabaseFacts", address: DatabaseAddress) -> CheckResult:
    """Whether it is a database that smsbin can write to."""
    told, durability = f"{address.url} is PostgreSQL {facts.version}", facts.durability
    if facts.version_number < OLDEST_VERSION * 10_000:
        return wrong("database", told, f"Use PostgreSQL {OLDEST_VERSION} or newer.")
    if facts.encoding != "UTF8":
        cure = "Create a database with the encoding UTF8: createdb --encoding=UTF8 --template=template0."
        return wrong("database", f"{told} with the encoding {facts.encoding}, which cannot store every text", cure)
    if durability.is_replica:
        cure = "Give the address of the primary, or all hosts with ?target_session_attrs=read-write."
        return wrong("database", f"{told}, a replica, which takes no writes", cure)
    if durability.is_read_only:
        cure = "Set default_transaction_read_only = off for this role and this database."
        return wrong("database", f"{told}, and its transactions are read-only", cure)
    return ok("database", f"{told} with the encoding UTF8, and takes writes")


def judge_durability(durability: "Durability") -> CheckResult:
    """Whether an acknowledged request survives a crash of the database server."""
    off = [
        name
        for name, is_off in (
            ("synchronous_commit", durability.synchronous_commit == "off"),
            ("fsync", not durability.fsync),
            ("full_page_writes", not durability.full_page_writes),
        )
        if is_off
    ]
    if off:
        told = f"{' and '.join(off)} {'is' if len(off) == 1 else 'are'} off: acknowledged requests are lost in a crash"
        return wrong("durability", told, f"Set {', '.join(f'{name} = on' for name in off)} on the database server.")
    if durability.synchronous_commit == "local" and durability.synchronous_names:
        told = "synchronous_commit is local: a request is acknowledged before a replica has it"
        return warning("durability", told, "Set synchronous_commit = on for this role.")
    return ok("durability", f"synchronous_commit is {durability.synchronous_commit}, fsync and full_page_writes are on")


def judge_replicas(durability: "Durability") -> CheckResult:
    """Whether an acknowledged request survives the loss of the database server."""
    count, names = durability.replicas, durability.synchronous_names
    replicas = f"{count} {'replica is' if count == 1 else 'replicas are'} connected"
    is_missing = not count or durability.synchronous == 0
    if names and is_missing and durability.synchronous_commit not in ("local", "off"):
        told = f"{replicas}, none of those in synchronous_standby_names ({names}): no request can be acknowledged"
        return wrong(
            "replicas", told, "Start the replica, or set synchronous_standby_names to those that are connected."
        )
    if count and not names:
        told = f"{replicas}, none is synchronous: if the primary is lost, the last acknowledged requests are lost too"
        return warning("replicas", told, "Set synchronous_standby_names, for example ANY 1 (*).")
    if not count:
        return ok("replicas", "none is connected; requests are as safe as the disk of the database server")
    return ok("replicas", f"{replicas}; an acknowledged request is on those of {names}")


def judge_clock(facts: "DatabaseFacts") -> CheckResult:
    """Whether this machine and the database server have the same time."""
    ahead = facts.clock_ahead_s
    off = max(0.0, abs(ahead) - facts.clock_error_s)
    if off <= SKEW_S:
        return ok("database clock", f"differs by at most {SKEW_S:.0f} s from this machine's")
    told = f"{off:,.0f} s {'ahead of' if ahead > 0 else 'behind'} this machine's"
    cure = "Synchronize the clocks of all servers and of the database server (NTP)."
    return (wrong if off > LARGE_SKEW_S else warning)("database clock", told, cure)


def judge_pooler(facts: "DatabaseFacts") -> CheckResult:
    """Whether connections are direct."""
    match facts.pooler:
        case "none":
            return ok("pooler", "none, the connection is direct")
        case "session":
            return ok("pooler", "a pooler in session mode, which changes nothing for smsbin")
    told = "a pooler in transaction mode: no statement is prepared, and changes of other servers are found by polling"
    return warning(
        "pooler", told, "To have them shown immediately, connect directly or through a pooler in session mode."
    )


def judge_notices(facts: "DatabaseFacts") -> CheckResult:
    """Whether servers learn of each other's changes immediately."""
    if facts.notices_arrive:
        return ok("notices", "notices arrive, so changes of other servers are shown immediately")
    if facts.pooler == "transaction" or facts.durability.is_replica:
        return skipped("notices", "a replica or a pooler in transaction mode passes none")
    return warning(
        "notices", "no notice has arrived within a second: changes of other servers are shown later",
        "Look for long transactions below, and for the load of the database server.",
    )  # fmt: skip


def judge_connections(connections: "ConnectionCounts") -> CheckResult:
    """Whether there are enough for another server."""
    more = connections.free // PER_SERVER
    told = (
        f"{connections.used:,} of {connections.most:,} are used; a server uses {PER_SERVER}, so"
        f" {more:,} more {'server fits' if more == 1 else 'servers fit'}"
    )
    if more:
        return ok("connections", told)
    return warning("connections", told, "Set a larger max_connections, or put a pooler in front of the database.")


def judge_transactions(oldest: "OldestTransaction") -> CheckResult:
    """Whether vacuum can remove what was deleted."""
    cure = (
        "Find it in pg_stat_activity, pg_prepared_xacts or pg_replication_slots, and end or drop it; run long reads"
        " such as pg_dump on a replica."
    )
    long_s = max(oldest.longest_s, oldest.prepared_s)
    effect = "deleted requests stay on the disk, and tables grow"
    if long_s > LONG_TRANSACTION_S:
        return warning("transactions", f"one has been open for {long_s // 60:,} minutes: {effect}", cure)
    if oldest.age > OLD_AGE:
        return warning("transactions", f"an old one holds back vacuum, {oldest.age:,} transactions ago: {effect}", cure)
    hidden = "" if oldest.sees_all else " (this role sees its own only; pg_read_all_stats shows all)"
    return ok("transactions", f"none has been open for an hour{hidden}")


def judge_tls(facts: "DatabaseFacts", address: DatabaseAddress) -> CheckResult:
    """Whether others on the network can read what is sent."""
    if facts.is_local:
        return ok("TLS", "not needed, the database server is on this machine")
    cure = "Add ?sslmode=verify-full to --database, and sslrootcert=system or the file of the certificate authority."
    if not facts.is_encrypted:
        return warning("TLS", "requests travel unencrypted to the database server", cure)
    if address.parameters.get("sslmode") not in VERIFYING_MODES:
        return warning("TLS", "the connection is encrypted, and the server's certificate is not verified", cure)
    return ok("TLS", "the connection is encrypted, and the server's certificate is verified")


def judge_tables(schema: "SchemaState") -> CheckResult:
    """Whether this version of smsbin can use the tables."""
    if not schema.is_owner:
        return wrong(
            "tables", "they belong to another role", "Use the role that has created them, or become its member."
        )
    if schema.version is None:
        if schema.may_create:
            return ok("tables", "none yet; the first start creates them")
        cure = "Run: grant create on database NAME to ROLE, as the owner of the database."
        return wrong("tables", "none yet, and this role may not create them", cure)
    told = f"the log has version {schema.version}"
    if schema.version > schema.newest + 1:
        return wrong("tables", f"{told}, this smsbin supports {schema.newest}", "Install a newer smsbin.")
    if schema.version > schema.newest:
        cure = "Update this server soon: it cannot work with the version after that."
        return warning("tables", f"{told}, written by a newer smsbin; this one supports {schema.newest}", cure)
    if schema.version < schema.newest:
        told += f", and the next start upgrades it to version {schema.newest}"
        return warning("tables", told, "Make a backup first: smsbin backup FILE prints the line to use.")
    return ok("tables", f"{told}, as this smsbin")
