-- name: set_ledger_meta
-- The follower of another server may have done it.
insert into meta (log, run, epoch) values (:log, :run, :epoch) on conflict (is_only) do nothing
