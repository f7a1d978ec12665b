-- name: add_deletion
insert into deletions (id, n, through) values (:id, :n, :through)

-- name: forget_deletions
-- Replaced by a later deletion of everything up to n.
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
-- The first outcomes of a bin that were recorded when its last capture had a number up to `floor_n`.
select id, after_n from outcomes where id > :after and id <= :upto order by id limit :limit

-- name: next_capture
select min(id) as id from captures where id > :after and id <= :upto
