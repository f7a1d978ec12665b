-- name: add_bin
insert into bins (id, key, name, provider, retention_s, stuck_s, created_at)
values (
    :id, :key,
    coalesce(:name, 'Bin ' || (select coalesce(max(number), 0) + 1 from bins)),
    :provider, :retention_s, :stuck_s, :created_at
)

-- name: list_bins
select * from bins
where not deleted and number < :before and (:among is null or id in (select value from json_each(:among)))
order by number desc
limit :limit

-- name: get_bin
select * from bins where id = :id and not deleted

-- name: all_bins
select * from bins where not deleted

-- name: bins_of_keys
select * from bins where key in (select value from json_each(:among)) and not deleted

-- name: sum_of_versions
-- Without a row for each bin: there may be many. A new bin has the highest number, so with the same number and count the
-- bins are the same, and then each change makes a sum higher.
select
    coalesce(max(number), 0) as newest, count(*) as bins, coalesce(sum(version), 0) as versions,
    coalesce(sum(answer_version), 0) as answer_versions
from bins
where not deleted

-- name: bin_versions
select id, version, answer_version from bins where not deleted

-- name: versions_of_bin
select id, version, answer_version from bins where id = :bin and not deleted

-- name: set_bin
update bins
set
    name = :name, provider = :provider, retention_s = :retention_s, stuck_s = :stuck_s, version = version + 1,
    answer_version = answer_version + case when coalesce(provider, '') = coalesce(:provider, '') then 0 else 1 end
where id = :id and not deleted

-- name: rotate_key
update bins
set key = :key, key_changed_at = :changed_at, version = version + 1, answer_version = answer_version + 1
where id = :id and not deleted

-- name: drop_bin
update bins
set
    deleted = true, floor_n = last_n, leftovers = true, key = 'deleted ' || id, version = version + 1,
    answer_version = answer_version + 1
where id = :id and not deleted

-- name: bin_counters
select number, floor_n, last_n, last_k, last_d, last_a, version, answer_version from bins
where id = :id and not deleted

-- name: bin_mark
select number, last_n, last_k, last_d, version, last_a from bins where id = :id

-- name: set_bin_counters
update bins set last_n = ?, last_k = ?, last_d = ?, last_a = ? where number = ?

-- name: count_answer_change
update bins set answer_version = answer_version + 1 where number = :number

-- name: clear_bin
update bins set floor_n = max(floor_n, :n), leftovers = true where number = :number

-- name: raise_floor
update bins set floor_n = max(floor_n, :n), swept_n = max(swept_n, :n) where number = :number

-- name: sweepable
select id, number, floor_n, last_n, retention_s from bins
where not deleted and number > :after and floor_n < last_n
order by number
limit :limit

-- name: with_leftovers
select number, floor_n, last_k, last_d, deleted from bins where leftovers order by number

-- name: end_leftovers
update bins set leftovers = false where number = :number

-- name: erase_bin
delete from bins where number = :number

-- name: request_reread
insert into rereads (bin, number, through_n, provider)
select number, rereads + 1, last_n, provider from bins where number = :number

-- name: count_reread
update bins set rereads = rereads + 1, version = version + 1 where number = :number

-- name: erase_rereads
delete from rereads where bin = :bin

-- name: filled_bins
select number, id, floor_n, last_n, last_k from bins where not deleted and last_n > floor_n order by number

-- name: all_marks
select number, last_n, last_k, last_d, version, last_a from bins where not deleted

-- name: marks_of_bin
select number, last_n, last_k, last_d, version, last_a from bins where number = :number

-- name: bins_received_since
-- Those whose last capture was received at `since` or later.
select bins.number, bins.id, bins.floor_n, bins.last_n, bins.last_k
from bins
where
    not bins.deleted and bins.last_n > bins.floor_n
    and (
        select captures.received_at from captures
        where captures.id > (bins.number << 40) + bins.floor_n and captures.id <= (bins.number << 40) + bins.last_n
        order by captures.id desc
        limit 1
    ) >= :since
order by bins.number
