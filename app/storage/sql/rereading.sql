-- name: park_stuck
update messages set bin = -bin
where id in (
    select id from messages
    where bin = :number and findings <> '' and instr(',' || findings || ',', ',stuck,')
    limit :limit
)

-- name: clear_messages
delete from messages where id in (select id from messages where bin = :number limit :limit)

-- name: reading_of
select
    captures.provider, captures.kind, captures.message_id, captures.sender, captures.recipient, captures.text,
    captures.status, captures.raw_status, captures.problem, captures.findings, raws.words
from captures join raws on raws.id = captures.id
where captures.id = :id

-- name: set_reading
update captures
set
    provider = ?, kind = ?, message_id = ?, sender = ?, recipient = ?, text = ?, status = ?, raw_status = ?,
    problem = ?, findings = ?
where id = ?

-- name: set_words
update raws set words = :words where id = :id

-- name: parked
select id, message_id, provider from messages where bin = :parked limit :limit

-- name: erase_parked
delete from messages where id = ?
