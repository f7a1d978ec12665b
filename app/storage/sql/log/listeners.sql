-- name: listeners_beside
-- Whether there is a listener of this name, and how many others there are.
select count(*) filter (where name = :name) > 0 as is_known, count(*) filter (where name <> :name) as others
from listeners where bin = :bin

-- name: open_listener
insert into listeners (bin, name, made_at, seen_at, cursor, sent, opened, connected_at)
values (:bin, :name, :now, :now, :cursor, '[]', 1, :now)
on conflict (bin, name) do update set
    seen_at = excluded.seen_at, connected_at = excluded.connected_at, opened = listeners.opened + 1,
    cursor = case when :is_moved then excluded.cursor else listeners.cursor end,
    sent = case when :is_moved then excluded.sent else listeners.sent end

-- name: times_opened
select opened from listeners where bin = :bin and name = :name

-- name: mark_listener
-- Unless it was connected again since then, perhaps to another server.
update listeners
set cursor = :cursor, sent = :sent, seen_at = :seen_at, last = :last, connected_at = :connected_at
where bin = :bin and name = :name and opened = :opened

-- name: drop_listener
delete from listeners where bin = :bin and name = :name

-- name: list_listeners
select bins.id as bin_id, bins.last_n, bins.floor_n, listeners.*
from listeners join bins on bins.number = listeners.bin
where not bins.deleted and (cast(:bin as text) is null or bins.id = :bin)
order by listeners.bin, listeners.made_at, listeners.name

-- name: get_listener
select bins.id as bin_id, bins.last_n, bins.floor_n, listeners.*
from listeners join bins on bins.number = listeners.bin
where bins.id = :bin and not bins.deleted and listeners.name = :name

-- name: erase_listeners
delete from listeners where bin = :bin
