-- The rows of the log processes. `batch` is the last batch that each has committed.

-- name: set_writer_batch
-- Another server may have forgotten this writer, if it was silent for long.
insert into writers (id, batch, seen_at) values (?, ?, ?)
on conflict (id) do update set batch = excluded.batch, seen_at = excluded.seen_at

-- name: lock_writer
select batch from writers where id = :id for update

-- name: forget_writers
delete from writers where seen_at < :before
