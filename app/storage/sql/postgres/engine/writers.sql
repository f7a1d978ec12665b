-- The rows of the log processes. `batch` is the last batch that each has committed.

-- name: add_writer
insert into writers (id, batch, seen_at) values (:id, 0, clock_timestamp())

-- name: set_writer_batch
update writers set batch = :batch, seen_at = clock_timestamp() where id = :id

-- name: lock_writer
select batch from writers where id = :id for update

-- name: forget_writers
delete from writers where seen_at < clock_timestamp() - interval '1 day'
