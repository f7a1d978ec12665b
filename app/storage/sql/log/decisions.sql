-- name: list_answers
select bins.id, answers.role, answers.answers
from answers join bins on bins.number = answers.bin
where not bins.deleted
order by answers.bin, answers.role

-- name: answers_of_bin
select bins.id, answers.role, answers.answers
from answers join bins on bins.number = answers.bin
where bins.id = :bin and not bins.deleted
order by answers.role

-- name: set_answers
insert into answers (bin, role, answers) values (:bin, :role, :answers)
on conflict (bin, role) do update set answers = excluded.answers

-- name: drop_answers
delete from answers where bin = :bin and role = :role

-- name: erase_answers
delete from answers where bin = :bin

-- name: list_wiretaps
select bins.id, wiretaps.role, wiretaps.wiretap
from wiretaps join bins on bins.number = wiretaps.bin
where not bins.deleted
order by wiretaps.bin, wiretaps.role

-- name: wiretaps_of_bin
select bins.id, wiretaps.role, wiretaps.wiretap
from wiretaps join bins on bins.number = wiretaps.bin
where bins.id = :bin and not bins.deleted
order by wiretaps.role

-- name: set_wiretap
insert into wiretaps (bin, role, wiretap) values (:bin, :role, :wiretap)
on conflict (bin, role) do update set wiretap = excluded.wiretap

-- name: drop_wiretap
delete from wiretaps where bin = :bin and role = :role

-- name: erase_wiretaps
delete from wiretaps where bin = :bin

-- name: list_faults
select bins.id as bin_id, faults.*
from faults join bins on bins.number = faults.bin
where not bins.deleted
order by faults.bin, faults.role

-- name: faults_of_bin
select bins.id as bin_id, faults.*
from faults join bins on bins.number = faults.bin
where bins.id = :bin and not bins.deleted
order by faults.role

-- name: set_fault
insert into faults (bin, role, id, fault, started_at, hits, remaining, drill)
values (:bin, :role, :id, :fault, :started_at, :hits, :remaining, :drill)
on conflict (bin, role) do update set
    id = excluded.id, fault = excluded.fault, started_at = excluded.started_at, hits = excluded.hits,
    remaining = excluded.remaining, drill = excluded.drill

-- name: count_fault
update faults set remaining = remaining - 1, hits = hits + 1 where id = ?

-- name: fault_remaining
select remaining from faults where id = :id

-- name: drop_fault
delete from faults where bin = :bin and id = :id

-- name: erase_faults
delete from faults where bin = :bin

-- name: add_drill
insert into drills (bin, number, id, running, drill)
select
    bins.number, coalesce((select max(drills.number) from drills where drills.bin = bins.number), 0) + 1, :id, true,
    :drill
from bins
where bins.id = :bin_id and not bins.deleted

-- name: set_drill
-- One that has ended stays as it is.
update drills set running = :running, drill = :drill where id = :id and running

-- name: runs_on_url
select 1 from drills where bin = :bin and running and json_extract(drill, '$.role') = :role

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

-- name: add_attempt
insert into attempts (
    bin, n, number, url, sent_at, status, ms, error, content_type, body, edited, forward, trigger, sent, event,
    listener, follow_up
)
values (
    :bin, :n, coalesce((select max(number) from attempts where bin = :bin and n = :n), 0) + 1,
    :url, :sent_at, :status, :ms, :error, :content_type, :body, :edited, :forward, :trigger, :sent, :event, :listener,
    :follow_up
)
returning number

-- name: handler_attempt
select attempts.*
from attempts join bins on bins.number = attempts.bin
where
    bins.id = :bin and not bins.deleted and attempts.n = :n and attempts.n > bins.floor_n
    and attempts.trigger = 'wiretap'
order by attempts.number
limit 1

-- name: list_attempts
select * from (
    select attempts.*
    from attempts join bins on bins.number = attempts.bin
    where bins.id = :bin and not bins.deleted and attempts.n = :n and attempts.n > bins.floor_n
    order by attempts.number desc
    limit :limit
) as last_ones
order by number
