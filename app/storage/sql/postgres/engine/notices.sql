-- name: listen
listen smsbin

-- name: notify
select pg_notify('smsbin', %(text)s)

-- name: backend
-- The process that serves this transaction; behind a pooler it is not the one of the connection.
select pg_backend_pid()

-- name: read_only
-- Reads are short, so compiling them, or starting processes for them, takes longer than they do. A plan must fit the
-- values: how many rows a word or a number has. A limit of GIN would leave out hits. The time limit is for reads whose
-- server was killed; each search has a shorter one.
set default_transaction_read_only = on;
set statement_timeout = 60000;
set gin_fuzzy_search_limit = 0;
set jit = off;
set max_parallel_workers_per_gather = 0;
set plan_cache_mode = force_custom_plan
