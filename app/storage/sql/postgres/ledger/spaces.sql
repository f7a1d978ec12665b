-- name: set_ledger_meta
-- Another follower may have done it.
insert into meta (log, run, epoch, server_started)
values (:log, :run, :epoch, cast(pg_postmaster_start_time() at time zone 'UTC' as text))
on conflict (is_only) do nothing
