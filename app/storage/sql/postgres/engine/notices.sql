-- name: listen
listen smsbin

-- name: notify
select pg_notify('smsbin', %(text)s)

-- name: backend
-- The process that serves this transaction; behind a pooler it is not the one of the connection.
select pg_backend_pid()

-- name: read_only
-- Reads are short, so compiling them, or starting processes for them, takes longer than they do. A plan must fit the
-- values: how many rows a word or a number has.
set default_transaction_read_only = on;
set jit = off;
set max_parallel_workers_per_gather = 0;
set plan_cache_mode = force_custom_plan
