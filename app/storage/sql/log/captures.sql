-- name: add_capture
insert into captures (
    id, received_at, role, method, target, peer, http_version, head, body, body_complete, sha256, framing,
    refused, provider, fault, simulated, withheld
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: add_outcome
insert into outcomes (id, n, after_n, status, after_ms, sender_left, left_ms, well_formed, note)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: add_sent_answer
insert or ignore into sent_answers (id, answer) values (?, ?)

-- name: raw_captures
-- Captures of one bin. Those up to its `floor_n` are deleted, and only their bytes are left.
select captures.*
from bins cross join json_each(:ns) as ns cross join captures on captures.id = (bins.number << 40) + ns.value
where bins.number = :bin and ns.value > bins.floor_n and not bins.deleted
order by captures.id

-- name: sent_answers_of
select sent_answers.id, sent_answers.answer
from bins cross join json_each(:ns) as ns cross join sent_answers on sent_answers.id = (bins.number << 40) + ns.value
where bins.number = :bin and ns.value > bins.floor_n and not bins.deleted

-- name: has_capture
select 1 from captures where id = :id

-- name: oldest_captures
-- Without captures that are dated in the future: the next capture shows how old they are.
select id, received_at from captures
where id > :after and id <= :upto and received_at <= :ahead
order by id
limit :limit

-- name: newest_capture
select id, received_at from captures where id < :before order by id desc limit 1

-- name: captures_down_from
select id, received_at from captures where id > :above and id <= :from order by id desc limit :limit

-- name: outcomes_down_from
select id, n, after_n from outcomes where id > :above and id <= :from order by id desc limit :limit

-- name: add_skip
insert into skips (id, reader) values (:id, :reader) on conflict (id) do update set reader = excluded.reader
