-- name: space_of
select spaces.* from bins join spaces on spaces.number = bins.space where bins.number = :bin

-- name: spaces_of
select spaces.* from bins join spaces on spaces.number = bins.space
where bins.number in (select value from json_each(:bins))
