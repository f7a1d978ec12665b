-- name: add_deletion
insert into deletions (id, n, through) values (:id, :n, :through)

-- name: forget_deletions
-- A later deletion of everything up to n says it all.
delete from deletions where id > :above and id < :below and n <= :n

-- name: erase_capture
delete from captures where id = :id

-- name: erase_captures
delete from captures where id > :after and id <= :upto

-- name: erase_sent_answers
delete from sent_answers where id > :after and id <= :upto

-- name: erase_skips
delete from skips where id > :after and id <= :upto

-- name: erase_attempts
delete from attempts where bin = :bin and n > :after and n <= :upto

-- name: erase_deletions
delete from deletions where id > :after and id <= :upto

-- name: erase_outcomes
delete from outcomes where id > :after and id <= :upto

-- name: settled_outcomes
-- The first outcomes of a bin that were known when a capture up to `floor_n` was its last.
select id, after_n from outcomes where id > :after and id <= :upto order by id limit :limit

-- name: next_capture
select min(id) as id from captures where id > :after and id <= :upto

-- name: next_outcome
select min(id) as id from outcomes where id > :after and id <= :upto
