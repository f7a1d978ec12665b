-- name: get_meta
select id, epochs, seen_at from meta

-- name: next_epoch
update meta set epochs = epochs + 1 returning epochs

-- name: set_seen_at
update meta set seen_at = :now

-- name: set_run_seen_at
update runs set seen_at = :now where id = :id

-- name: list_runs
-- The last ones, the oldest first. Of a run that did not end properly, the end is the last time that it was seen.
select * from (
    select number, began_at, coalesce(ended_at, seen_at, began_at) as until_at, ended_at is not null as is_closed
    from runs
    order by number desc
    limit :limit
) as last_ones
order by number

-- name: begin_run
-- A restarted log process belongs to the same run.
insert or ignore into runs (id, began_at) values (:id, :now)

-- name: end_run
update runs set ended_at = :now where id = :id

-- name: fill_probe
insert or replace into probe (id, bytes) values (1, zeroblob(:size))

-- name: empty_probe
delete from probe

-- name: count_contents
-- Computed without reading the captures: assigned numbers less deleted ones.
select
    count(*),
    coalesce(sum(bins.last_n - bins.floor_n), 0) - (
        select count(*) from deletions join bins as owner on owner.number = deletions.id >> 40
        where not deletions.through and deletions.n > owner.floor_n and not owner.deleted
    )
from bins
where not bins.deleted

-- name: names_of_bins
select number, id from bins

-- name: bodies_after
select id, body, sha256 from captures where id > :after order by id limit :limit
