-- name: lock_audit_log
-- Until the commit: a reader continues after the last number that it has seen, so the numbers of entries must be in the
-- order in which they can be seen. The number is any that no other program uses.
select pg_advisory_xact_lock(7305803419046252132)
