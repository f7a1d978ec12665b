-- name: list_bins
select * from bins
where not deleted and number < :before and (cast(:among as text[]) is null or id = any(cast(:among as text[])))
order by number desc
limit :limit

-- name: bin_counters
-- The row stays locked until the commit, so that another server does not give the same numbers.
select number, floor_n, last_n, last_k, last_d, last_a, version, answer_version from bins
where id = :id and not deleted
for update
