-- name: add_row
insert into {table} ({columns}) values ({marks})

-- name: set_meta
update meta set id = ?, epochs = ?, seen_at = ?

-- name: highest_numbers
-- Of tables whose numbers are not used twice.
select name, seq from sqlite_sequence

-- name: tables_with_highest_number
select name from sqlite_schema where type = 'table' and sql like '%autoincrement%'

-- name: drop_highest_numbers
delete from sqlite_sequence

-- name: add_highest_number
insert into sqlite_sequence (name, seq) values (?, ?)

-- name: is_last_run_open
select coalesce((select ended_at is null from runs order by number desc limit 1), false)
