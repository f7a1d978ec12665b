-- name: add_share
insert into shares (id, hash, bin, part, masked, made_by, made_at, expires_at)
values (:id, :hash, :bin, :part, :masked, :made_by, :made_at, :expires_at)

-- name: list_shares
select * from shares order by number

-- name: find_share
select * from shares where hash = :hash

-- name: shares_of_bin
select * from shares where bin = :bin order by number

-- name: end_share
update shares set part = null, ended_at = min(expires_at, :ended_at) where id = :id and ended_at is null

-- name: note_share_views
update shares
set views = views + :views, viewed_at = max(coalesce(viewed_at, 0), :viewed_at)
where id = :id

-- name: forget_shares
delete from shares where coalesce(ended_at, expires_at) < :ended_before

-- name: end_expired_shares
update shares set part = null, ended_at = expires_at where ended_at is null and expires_at <= :now

-- name: erase_shares
-- The rows stay: the link of a deleted bin is answered as one that has ended.
update shares set part = null where bin = (select id from bins where number = :bin)
