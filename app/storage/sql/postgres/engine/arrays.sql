-- An insert of many rows with one array for each column; the names in braces are replaced.

-- name: read_types
select {columns} from {table} limit 0

-- name: insert_arrays
insert into {table} ({columns}) select * from unnest({arrays})
