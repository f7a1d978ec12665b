-- What the follower reads from the log.

-- name: log_meta
select id from meta

-- name: log_has_run
select 1 from runs where id = :id

-- name: log_heads
select number, id, name, stuck_s, version, rereads, floor_n, last_n, last_k, last_d, last_a, deleted from bins order by number

-- name: log_head
select number, id, name, stuck_s, version, rereads, floor_n, last_n, last_k, last_d, last_a, deleted
from bins where number = :number

-- name: log_capture_sizes
select id, length(body) as size from captures where id > :after and id <= :upto order by id limit :limit

-- name: log_captures
select captures.*, skips.reader as skipped
from captures left join skips on skips.id = captures.id
where captures.id > :after and captures.id <= :upto
order by captures.id

-- name: log_outcomes
select * from outcomes where id > :after and id <= :upto order by id limit :limit

-- name: log_deletions
select id, n, through from deletions where id > :after and id <= :upto order by id limit :limit

-- name: log_annotations
select n, a, pinned, note, tags from annotations where bin = :bin and a > :after order by a limit :limit

-- name: log_last_reread
select through_n, provider from rereads where bin = :bin order by number desc limit 1
