-- name: listen
listen smsbin

-- name: notify
select pg_notify('smsbin', %(text)s)

-- name: backend
-- The process that serves this transaction; behind a pooler it is not the one of the connection.
select pg_backend_pid()

-- name: read_only
set default_transaction_read_only = on
