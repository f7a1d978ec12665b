-- How a log is moved between two engines: any table, whose names are put in.

-- name: read_rows
select {columns} from {table} where {after} order by {key}

-- name: last_key
select {key} from {table} order by {last_first} limit 1

-- name: count_rows
select count(*) from {table}

-- name: has_rows
select exists (select 1 from {table})
