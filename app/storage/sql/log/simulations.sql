-- name: add_mark
insert into marks (hash, bin, until) values (:hash, :bin, :until) on conflict (hash) do nothing

-- name: find_mark
select 1 from marks where hash = :hash and until > :now

-- name: forget_marks
delete from marks where until <= :now

-- name: put_simulation
insert into simulations (id, bin, started_at, run) values (:id, :bin, :started_at, :run)
on conflict (id) do update set run = excluded.run

-- name: forget_simulations
-- All but the last ones.
delete from simulations
where
    id in (
        select old.id from (
            select simulations.id, row_number() over (order by simulations.started_at desc, simulations.id) as place
            from simulations
        ) as old
        where old.place > :most
    )

-- name: stop_simulation
update simulations set stopping = true where id = :id and bin = :bin

-- name: get_simulation
select run, stopping from simulations where id = :id and bin = :bin

-- name: list_simulations
select run from simulations where bin = :bin order by started_at desc, id

-- name: erase_simulations
delete from simulations where bin in (select bins.id from bins where bins.number = :bin)

-- name: erase_marks
delete from marks where bin in (select bins.id from bins where bins.number = :bin)
