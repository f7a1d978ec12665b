-- name: lock_bins
-- All that a batch needs, in the order of their numbers, so that two batches never wait for each other.
select id, number, floor_n, last_n, last_k, last_d, last_a, version, answer_version
from bins
where id = any(cast(:ids as text[])) and not deleted
order by number
for update

-- name: set_bin_counters_together
-- All bins of a batch in one statement.
update bins
set last_n = counted.last_n, last_k = counted.last_k, last_d = counted.last_d, last_a = counted.last_a
from unnest(
    cast(? as bigint[]), cast(? as bigint[]), cast(? as bigint[]), cast(? as bigint[]), cast(? as bigint[])
) as counted (last_n, last_k, last_d, last_a, number)
where bins.number = counted.number

-- name: lock_rows_of_bins
-- Until the commit: of forwards, alerts, drills and simulations, in whichever order a batch changes them. Nearly all of
-- these changes are made by one server. The number is any that no other program uses.
select pg_advisory_xact_lock(7305803419046252133)
