-- name: take_lease
-- Every server tries it once a second, so a lease that another one has is only read: an insert would lock its row.
insert into leases (name, holder, until)
select :name, :holder, clock_timestamp() + make_interval(secs => cast(:seconds as double precision))
where not exists (
    select 1 from leases where name = :name and holder <> :holder and until >= clock_timestamp()
)
on conflict (name) do update set holder = excluded.holder, until = excluded.until
where leases.holder = excluded.holder or leases.until < clock_timestamp()
returning name

-- name: release_leases
delete from leases where holder = :holder

-- name: lapsed_leases
select name, date_part('epoch', until) as until
from leases
where
    starts_with(name, :prefix)
    and until < clock_timestamp() - make_interval(secs => cast(:seconds as double precision))

-- name: forget_lease
delete from leases where name = :name and until < clock_timestamp()

-- name: time_of_database
select date_part('epoch', clock_timestamp()) as now
