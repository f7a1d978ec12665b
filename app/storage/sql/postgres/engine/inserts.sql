-- Templates: the words in braces are replaced by parts of another statement.

-- name: columns_of_table
-- For the types of the columns.
select {columns} from {table} limit 0

-- name: insert_arrays
-- One array for each column.
insert into {table} ({columns}) select * from unnest({arrays}){rest}
