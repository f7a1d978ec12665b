-- name: list_answers
select bins.id, answers.role, answers.answers
from answers join bins on bins.number = answers.bin
where not bins.deleted
order by answers.bin, answers.role

-- name: set_answers
insert into answers (bin, role, answers) values (:bin, :role, :answers)
on conflict (bin, role) do update set answers = excluded.answers

-- name: drop_answers
delete from answers where bin = :bin and role = :role

-- name: erase_answers
delete from answers where bin = :bin

-- name: list_faults
select bins.id as bin_id, faults.*
from faults join bins on bins.number = faults.bin
where not bins.deleted
order by faults.bin, faults.role

-- name: set_fault
insert or replace into faults (bin, role, id, fault, started_at, hits, remaining, drill)
values (:bin, :role, :id, :fault, :started_at, :hits, :remaining, :drill)

-- name: count_fault
update faults set remaining = ?, hits = ? where id = ?

-- name: drop_fault
delete from faults where id = :id

-- name: erase_faults
delete from faults where bin = :bin

-- name: newest_outcomes
-- From the newest capture backwards, over all bins; `answered` says whether it has its outcome.
select
    captures.id, bins.id as bin_id, captures.n, captures.received_at, outcomes.n is not null as answered
from captures
join bins on bins.number = captures.bin
left join outcomes on outcomes.bin = captures.bin and outcomes.n = captures.n
where captures.id < :before and captures.n > bins.floor_n and not bins.deleted
order by captures.id desc
limit :limit
