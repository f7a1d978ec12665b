-- name: get_record_mapping
select mapping from record_mappings where bin = :bin

-- name: set_record_mapping
insert into record_mappings (bin, mapping) values (:bin, :mapping)
on conflict (bin) do update set mapping = excluded.mapping

-- name: drop_record_mapping
delete from record_mappings where bin = :bin

-- name: first_kept_capture
-- The arrival of the first capture that is not deleted.
select received_at from captures where id > (:bin << 40 | :floor_n) and id < ((:bin + 1) << 40) order by id limit 1

-- name: count_single_deletions
select count(*) from deletions where id > (:bin << 40) and id < ((:bin + 1) << 40) and not through and n > :floor_n
