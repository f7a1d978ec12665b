-- The versions of the two schemas, of which several servers may make one at the same time.

-- name: lock_schemas
-- Until the end of the transaction. The number is any that no other program uses.
select pg_advisory_xact_lock(7305803419046252131)

-- name: prepare_versions
create schema if not exists smsbin_log;
create table if not exists smsbin_log.schema_version (version bigint not null)

-- name: get_version
select max(version) from smsbin_log.schema_version

-- name: set_version
insert into smsbin_log.schema_version (version) values (%s)

-- name: set_release
-- Not by a log process that was restarted, whose run is known.
update smsbin_log.meta set release = %s where not exists (select from smsbin_log.runs where id = %s)

-- name: is_ready
select ready from smsbin_log.meta

-- name: ledger_version
-- The version that the ledger has, and the id of a table of the log, which is another one after a backup was restored.
-- Also the release whose followers write it.
select (select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = 'smsbin_ledger') as version,
    (select release from smsbin_log.meta) as release,
    cast(cast(to_regclass('smsbin_log.captures') as oid) as bigint) as log

-- name: drop_ledger
drop schema if exists smsbin_ledger cascade

-- name: create_ledger
create schema smsbin_ledger
