-- name: space_of
select spaces.* from bins join spaces on spaces.number = bins.space where bins.number = :bin

-- name: spaces_of
select spaces.* from bins join spaces on spaces.number = bins.space
where bins.number in (select value from json_each(:bins))

-- name: all_marks
select number, last_n, last_k, last_d, version, last_a from bins where not deleted
