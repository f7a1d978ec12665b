-- name: add_rows
copy {table} ({columns}) from stdin (format binary)

-- name: all_rows
copy ({query}) to stdout (format binary)

-- name: describe
select {columns} from {table} limit 0

-- name: get_state
select id, epochs, seen_at, ready from smsbin_log.meta

-- name: begin_moving
update smsbin_log.meta set id = %s, epochs = %s, seen_at = %s, ready = false

-- name: end_moving
update smsbin_log.meta set ready = true

-- name: drop_log
drop schema if exists smsbin_log cascade

-- name: numbered_tables
-- Tables whose numbers are given by a sequence: its last one, null if it has given none.
select
    table_name,
    column_name,
    pg_sequence_last_value(cast(pg_get_serial_sequence('smsbin_log.' || table_name, column_name) as regclass))
from information_schema.columns
where table_schema = 'smsbin_log' and is_identity = 'YES'

-- name: set_highest_number
select setval(pg_get_serial_sequence('smsbin_log.' || %s, %s), %s)

-- name: highest_number
select max({column}) from {table}

-- name: analyze
analyze {table}

-- name: other_programs
select distinct application_name from pg_stat_activity
where datname = current_database() and application_name like 'smsbin %%' and application_name <> %s
