-- name: lock_bins
-- All that a batch needs, in the order of their numbers, so that two batches never wait for each other.
select id, number, floor_n, last_n, last_k, last_d, last_a, version, answer_version
from bins
where id = any(cast(:ids as text[])) and not deleted
order by number
for update

-- name: set_all_bin_counters
update bins
set last_n = counted.last_n, last_k = counted.last_k, last_d = counted.last_d, last_a = counted.last_a
from unnest(
    cast(:number as bigint[]), cast(:last_n as bigint[]), cast(:last_k as bigint[]), cast(:last_d as bigint[]),
    cast(:last_a as bigint[])
) as counted (number, last_n, last_k, last_d, last_a)
where bins.number = counted.number
