-- Commits of the ledger do not wait for the disk, so the last ones may be lost when the database server crashes, and
-- live cursors may be ahead of what is left. After each start of it they begin a new epoch.

-- name: state_of_ledger
-- The release whose followers write it, and whether the database server was not restarted since its last epoch began.
select
    release,
    exists (
        select 1 from meta where server_started = cast(pg_postmaster_start_time() at time zone 'UTC' as text)
    ) as has_epoch
from log.meta

-- name: lock_all_claims
select bin from claims order by bin for update

-- name: begin_epoch
insert into meta (log, run, epoch, server_started)
select id, :run, :epoch, cast(pg_postmaster_start_time() at time zone 'UTC' as text) from log.meta
on conflict (is_only) do update set epoch = excluded.epoch, server_started = excluded.server_started
where meta.server_started <> excluded.server_started

-- name: renew_cursors
update spaces set first_seq = :seq, last_seq = :seq where state <> 'gone' and last_seq < :seq
