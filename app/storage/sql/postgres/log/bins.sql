-- name: list_bins
select * from bins
where not deleted and number < :before and (cast(:among as text[]) is null or id = any(cast(:among as text[])))
order by number desc
limit :limit
