-- The rows of the log processes. `batch` is the last batch that each has committed.

-- name: add_writer
insert into writers (id, batch, seen_at) values (:id, 0, :now)

-- name: set_writer_batch
update writers set batch = ?, seen_at = ? where id = ?

-- name: lock_writer
select batch from writers where id = :id for update

-- name: forget_writers
delete from writers where seen_at < :before
