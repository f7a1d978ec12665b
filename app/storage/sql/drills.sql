-- name: add_drill
insert into drills (bin, number, id, running, drill)
select
    bins.number, coalesce((select max(drills.number) from drills where drills.bin = bins.number), 0) + 1, :id, 1, :drill
from bins
where bins.id = :bin_id and not bins.deleted

-- name: set_drill
update drills set running = :running, drill = :drill where id = :id

-- name: list_drills
select drill from drills where bin = :bin and number < :before order by number desc limit :limit

-- name: get_drill
select number, drill from drills where bin = :bin and id = :id

-- name: running_drills
select drills.drill
from drills join bins on bins.number = drills.bin
where drills.running and not bins.deleted
order by drills.bin, drills.number

-- name: erase_drills
delete from drills where bin = :bin
