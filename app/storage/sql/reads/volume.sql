-- name: first_interval
select min(at) as at
from interval_counts
where space = (select space from bins where number = :bin) and unit = 60000000

-- name: intervals
select at - at % :step as begin, sum(ok) as ok, sum(failed) as failed, sum(odd) as odd
from interval_counts
where
    space = (select space from bins where number = :bin) and unit = :unit and at >= :since and at < :until
group by begin
order by begin

-- name: intervals_of_bins
select bins.number as bin, at - at % :step as begin, sum(ok) as ok, sum(failed) as failed, sum(odd) as odd
from json_each(:bins) as wanted
join bins on bins.number = wanted.value
cross join interval_counts
    on interval_counts.space = bins.space and unit = :unit and at >= :since and at < :until
group by bins.number, begin
order by bins.number, begin

-- name: matching_intervals
select
    captures.received_at - captures.received_at % :step as begin,
    count(*) filter (where captures.result = 'ok') as ok,
    count(*) filter (where captures.result = 'failed') as failed,
    count(*) filter (where captures.result = 'odd') as odd
from capture_rows as captures
where
    captures.id > ((select space from bins where number = :bin) << 40)
    and captures.id < ((select space from bins where number = :bin) + 1) << 40
    and captures.received_at >= :since and captures.received_at < :until /* filter */
group by begin
order by begin

-- name: sources
select role, provider, sum(ok) as ok, sum(failed) as failed, sum(odd) as odd
from source_counts
where
    space = (select space from bins where number = :bin) and unit = :unit and at >= :since and at < :until
group by role, provider

-- name: failures
-- A sender can invent codes without end, so only the newest rows are read.
select provider, code, sum(messages) as messages
from (
    select provider, code, messages
    from failure_counts
    where
        space = (select space from bins where number = :bin) and unit = :unit and at >= :since and at < :until
    order by at desc
    limit :most
) as newest
group by provider, code
order by messages desc, provider, code

-- name: finals
select at, bucket, messages
from final_counts
where
    space = (select space from bins where number = :bin) and unit = :unit and at >= :since and at < :until
order by at, bucket

-- name: fallbacks
select at, verdict, pairs
from pairing_counts
where
    space = (select space from bins where number = :bin) and unit = :unit and at >= :since and at < :until
order by at
