-- name: add_bin
insert into bins (id, key, name, provider, retention_s, stuck_s, created_at)
values (
    :id, :key,
    coalesce(:name, 'Bin ' || (select coalesce(max(number), 0) + 1 from bins)),
    :provider, :retention_s, :stuck_s, :created_at
)

-- name: list_bins
select * from bins where not deleted order by number desc limit :limit

-- name: list_bins_before
select * from bins where not deleted and number < :number order by number desc limit :limit

-- name: get_bin
select * from bins where id = :id and not deleted

-- name: find_bin_by_key
select * from bins where key = :key and not deleted

-- name: set_bin
update bins
set
    name = :name, provider = :provider, retention_s = :retention_s, stuck_s = :stuck_s, last_seq = last_seq + 1
where id = :id and not deleted

-- name: rotate_key
update bins set key = :key, last_seq = last_seq + 1 where id = :id and not deleted

-- name: drop_bin
update bins set deleted = 1, floor_n = last_n, key = 'deleted ' || id where id = :id and not deleted

-- name: counters
select
    number, floor_n, last_n, last_seq, captures, primary_count, fallback_count, status_count, voice_count,
    voice_fallback_count, last_capture_at
from bins
where id = :id and not deleted

-- name: set_counters
update bins
set
    last_n = :last_n, last_seq = :last_seq, captures = :captures, primary_count = :primary,
    fallback_count = :fallback, status_count = :status, voice_count = :voice,
    voice_fallback_count = :voice_fallback, last_capture_at = :last_capture_at
where number = :number

-- name: bump_seq
update bins set last_seq = last_seq + 1 where number = :number returning last_seq

-- name: clear_bin
update bins
set
    floor_n = last_n, captures = 0, primary_count = 0, fallback_count = 0, status_count = 0, voice_count = 0,
    voice_fallback_count = 0, last_capture_at = null
where number = :number

-- name: recount
update bins
set
    captures = captures - :captures, primary_count = primary_count - :primary,
    fallback_count = fallback_count - :fallback, status_count = status_count - :status,
    voice_count = voice_count - :voice, voice_fallback_count = voice_fallback_count - :voice_fallback,
    last_capture_at = (
        select received_at from captures where bin = :number and n > bins.floor_n order by n desc limit 1
    )
where number = :number

-- name: raise_floor
update bins set floor_n = max(floor_n, :n), swept_n = max(swept_n, :n) where number = :number

-- name: sweepable
select number, floor_n, retention_s, deleted from bins order by number

-- name: erase_bin
delete from bins where number = :number

-- name: count_contents
select count(*) filter (where not deleted), coalesce(sum(captures) filter (where not deleted), 0) from bins
