-- What `smsbin doctor` reads. Every role may read it.

-- name: check_settings
-- Settings of this role in this database, as a transaction of smsbin has them unless it sets them itself.
select current_setting('server_version') as version,
    current_setting('server_encoding') as encoding,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('fsync') = 'on' as fsync,
    current_setting('full_page_writes') = 'on' as full_page_writes,
    current_setting('synchronous_standby_names') as synchronous_names,
    current_setting('default_transaction_read_only') = 'on' as is_read_only,
    pg_is_in_recovery() as is_replica

-- name: check_replicas
-- A backup that runs is one, too, until it ends. Whether a replica is synchronous is hidden from some roles.
select count(*) as replicas,
    count(*) filter (where sync_state in ('sync', 'quorum')) as synchronous,
    count(*) filter (where sync_state is null) as hidden
from pg_stat_replication where application_name <> 'pg_basebackup'

-- name: check_clock
select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint) as now

-- name: check_process
select pg_backend_pid() as pid

-- name: check_connections
-- The rows of other roles in pg_stat_activity are not complete; these counts are.
select
    (select cast(sum(numbackends) as bigint) from pg_stat_database) as used,
    cast(current_setting('max_connections') as bigint) as most,
    cast(current_setting('superuser_reserved_connections') as bigint)
        + coalesce(cast(current_setting('reserved_connections', true) as bigint), 0) as reserved,
    (select numbackends from pg_stat_database where datname = current_database()) as used_here,
    (select datconnlimit from pg_database where datname = current_database()) as most_here,
    (select rolconnlimit from pg_roles where rolname = current_user) as most_of_role

-- name: check_oldest
-- The age, in transactions, of the oldest row version that vacuum must keep, and the longest open transaction. Those of
-- other roles are visible to a role that may read all statistics.
select pg_has_role('pg_read_all_stats', 'usage') as sees_all,
    greatest(
        (select max(greatest(age(backend_xmin), age(backend_xid))) from pg_stat_activity where pid <> pg_backend_pid()),
        (select max(greatest(age(xmin), age(catalog_xmin))) from pg_replication_slots),
        (select max(age(transaction)) from pg_prepared_xacts), 0
    ) as oldest_age,
    (select coalesce(cast(max(extract(epoch from clock_timestamp() - xact_start)) as bigint), 0)
        from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend') as longest_s,
    (select coalesce(cast(max(extract(epoch from clock_timestamp() - prepared)) as bigint), 0)
        from pg_prepared_xacts) as prepared_s

-- name: check_schemas
select exists (
        select 1 from pg_class where relnamespace = to_regnamespace('smsbin_log') and relname = 'schema_version'
    ) as has_version,
    has_database_privilege(current_database(), 'create') as may_create

-- name: check_owners
-- Only the owner of a schema can migrate its tables.
select coalesce(bool_and(pg_has_role(nspowner, 'usage')), true) as is_owner
from pg_namespace where nspname in ('smsbin_log', 'smsbin_ledger')
