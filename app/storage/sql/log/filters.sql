-- name: list_filters
select id, name, filter, saved_at from saved_filters where bin = :bin order by place

-- name: filters_beside
-- Whether another filter has the name, and how many others there are.
select count(*) filter (where name collate nocase = :name) > 0 as is_taken, count(*) as others
from saved_filters where bin = :bin and id <> :id

-- name: set_filter
insert into saved_filters (bin, id, place, name, filter, saved_at)
values (
    :bin, :id, coalesce((select max(place) from saved_filters where bin = :bin), 0) + 1, :name, :filter, :saved_at
)
on conflict (bin, id) do update set name = excluded.name, filter = excluded.filter, saved_at = excluded.saved_at

-- name: drop_filter
delete from saved_filters where bin = :bin and id = :id

-- name: erase_filters
delete from saved_filters where bin = :bin
