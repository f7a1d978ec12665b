-- How transactions begin and end, each in one round trip. Settings are those of the transaction, because behind a
-- pooler there is no session.
-- Statements keep the plan that was made at first, maybe while the tables were empty; then reading the whole table looks
-- best, and would still be done for each query when it has grown. What begins below has an index for each query.

-- name: begin_append
-- The time-outs fit into the time that a capture waits, and no bin stays locked for longer.
begin;
set local synchronous_commit = off;
set local lock_timeout = 1500;
set local statement_timeout = 3000;
set local idle_in_transaction_session_timeout = 3000;
set local enable_seqscan = off;
set local jit = off

-- name: begin_follow
begin;
set local synchronous_commit = off;
set local lock_timeout = 5000;
set local statement_timeout = 60000;
set local idle_in_transaction_session_timeout = 60000;
set local enable_seqscan = off;
set local jit = off

-- name: begin_snapshot
begin isolation level repeatable read read only;
set local statement_timeout = 60000;
set local enable_seqscan = off;
set local jit = off

-- name: begin_read
-- Behind a pooler; see `read_only`. Nothing is prepared there, so plans fit the values.
begin;
set local statement_timeout = 60000;
set local gin_fuzzy_search_limit = 0;
set local jit = off;
set local max_parallel_workers_per_gather = 0

-- name: flush
-- Waits until all earlier commits are on the disk, those of other servers too.
select pg_logical_emit_message(true, 'smsbin', '')

-- name: commit
commit

-- name: rollback
rollback
