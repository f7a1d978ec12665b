-- name: last_message
select coalesce(max(id), 0) from messages

-- name: find_messages
select messages.id, wanted.column1, wanted.column2, wanted.column3
from (values (?, ?, ?)) as wanted
cross join messages
    on messages.bin = wanted.column1 and messages.message_id collate nocase = wanted.column2
    and messages.provider = wanted.column3 and messages.message_id = wanted.column2

-- name: find_pieces
select * from messages
where bin = :bin and piece_key = :piece_key and last_n > :floor_n
order by last_at desc
limit 5

-- name: find_echo
select pairing from messages
where
    id = :id and bin = :bin and direction = 'inbound' and piece_key is null
    and text = :text and sender = :sender and recipient is :recipient
    and first_at >= :after and last_n > :floor_n

-- name: last_texts
-- The newest first, with the role of the capture that each began with.
select
    newest.id, newest.bin, newest.sender, newest.recipient, newest.text, newest.first_at, captures.role
from (select * from messages order by id desc limit :most) as newest
join captures
    on captures.bin = newest.bin
    and captures.n = (select min(events.n) from events where events.message = newest.id)
where
    newest.direction = 'inbound' and newest.piece_key is null and newest.text <> '' and newest.sender <> ''
    and newest.first_at >= (select first_at from messages order by id desc limit 1) - :within
order by newest.id desc

-- name: add_message
insert into messages (
    seq, provider, message_id, direction, sender, recipient, sender_said, recipient_said, theirs, ours, text, media,
    status, raw_status, final, price, currency, error_code, segments, encoding, first_at, last_at, final_at, last_n,
    findings, open, piece_key, state, bin, id, pairing
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: set_message
update messages
set
    seq = ?, provider = ?, message_id = ?, direction = ?, sender = ?, recipient = ?, sender_said = ?,
    recipient_said = ?, theirs = ?, ours = ?, text = ?, media = ?, status = ?, raw_status = ?, final = ?, price = ?,
    currency = ?, error_code = ?, segments = ?, encoding = ?, first_at = ?, last_at = ?, final_at = ?, last_n = ?,
    findings = ?, open = ?, piece_key = ?, state = ?
where bin = ? and id = ?

-- name: move_message
-- What a callback changes. SQLite rewrites every index that holds a named column, so nothing else is named.
update messages
set
    seq = ?, status = ?, raw_status = ?, final = ?, price = ?, currency = ?, error_code = ?, last_at = ?, final_at = ?,
    last_n = ?, findings = ?, open = ?, state = ?
where id = ?

-- name: erase_message
delete from messages where id = :id

-- name: touch_conversation
insert into conversations (bin, theirs, ours, seq, last_at) values (?, ?, ?, ?, ?)
on conflict (bin, theirs, ours) do update set seq = excluded.seq, last_at = excluded.last_at

-- name: add_event
-- The id is the capture's, shifted by 20 bits, and the position.
insert into events (id, bin, n, message, call, print, facts) values (?, ?, ?, ?, ?, ?, ?)

-- name: messages_of_capture
select distinct message from events
where id >= :capture << 20 and id < (:capture + 1) << 20 and +message is not null

-- name: erase_events
delete from events where id >= ?1 << 20 and id < (?1 + 1) << 20

-- name: get_message_row
select * from messages where id = :id

-- name: facts_of_message
-- The newest, newest first.
select events.n, events.facts, events.print, captures.received_at, captures.provider, captures.findings
from events join captures on captures.id = events.id >> 20
where events.message = :message
order by events.n desc, events.id desc
limit :most

-- name: erase_conversation
delete from conversations
where
    bin = :bin and theirs = :theirs and ours = :ours
    and not exists (
        select 1 from messages
        where
            messages.bin = :bin
            and messages.theirs collate nocase = conversations.theirs and messages.theirs = conversations.theirs
            and messages.ours collate nocase = conversations.ours and messages.ours = conversations.ours
    )

-- name: erase_conversations
delete from conversations where bin = :bin

-- name: overdue
select messages.*, bins.id as bin_id
from messages join bins on bins.number = messages.bin
where
    messages.open
    and messages.last_at < :now - 1000000 * (select min(stuck_s) from bins where stuck_s > 0)
    and messages.last_at < :now - 1000000 * bins.stuck_s
    and bins.stuck_s > 0
    and messages.last_n > bins.floor_n
    and not bins.deleted
order by messages.last_at
limit :limit

-- name: list_messages
select messages.*
from messages join bins on bins.number = messages.bin
where messages.bin = :bin and messages.seq < :before and messages.last_n > bins.floor_n /* filter */
order by messages.seq desc
limit :limit

-- name: each_message
select messages.*
from messages join bins on bins.number = messages.bin
where messages.bin = :bin and messages.id > :after and messages.last_n > bins.floor_n /* filter */
order by messages.id
limit :limit

-- name: events_of_captures
select events.id >> 20 as capture, events.facts
from json_each(:captures) cross join events on events.id >= value << 20 and events.id < (value + 1) << 20
order by events.id

-- name: get_message
select messages.*
from messages join bins on bins.number = messages.bin
where
    messages.bin = :bin and messages.message_id collate nocase = :message_id and messages.provider = :provider
    and messages.message_id = :message_id and messages.last_n > bins.floor_n

-- name: messages_by_ids
select messages.* from messages where id in (select value from json_each(:ids))

-- name: captures_of_messages
-- The newest of each: a message that somebody sends over and over must not make its row endless.
select
    value as message,
    (
        select json_group_array(n) from (
            select distinct n from events where message = value order by n desc limit :most
        )
    ) as numbers
from json_each(:ids)

-- name: events_of_capture
select events.facts, messages.message_id, messages.provider
from events left join messages on messages.id = events.message
where events.id >= :capture << 20 and events.id < (:capture + 1) << 20
order by events.id

-- name: related_captures
-- Captures of the same messages, or of the same call.
select
    captures.*, outcomes.status as out_status, outcomes.after_ms, outcomes.sender_left,
    outcomes.left_ms, outcomes.well_formed, outcomes.note,
    fault_hits.fault, fault_hits.kind as fault_kind, fault_hits.said as fault_said, fault_hits.drill as fault_drill
from captures
join bins on bins.number = captures.bin
left join outcomes on outcomes.bin = captures.bin and outcomes.n = captures.n
left join fault_hits on fault_hits.bin = captures.bin and fault_hits.n = captures.n
where
    captures.id in (
        select other.id >> 20
        from events join events as other on other.message = events.message
        where events.id >= :capture << 20 and events.id < (:capture + 1) << 20
        union
        select other.id >> 20
        from events join events as other on other.bin = events.bin and other.call = events.call
        where events.id >= :capture << 20 and events.id < (:capture + 1) << 20
    )
    and captures.id <> :capture and captures.n > bins.floor_n
order by captures.n
limit :limit

-- name: list_conversations
select conversations.theirs, conversations.ours, conversations.seq as pair_seq, conversations.last_at as pair_last_at
from conversations
where
    bin = :bin and seq < :before
    and exists (
        select 1 from messages
        where
            messages.bin = :bin
            and messages.theirs collate nocase = conversations.theirs and messages.theirs = conversations.theirs
            and messages.ours collate nocase = conversations.ours and messages.ours = conversations.ours
            and messages.last_n > :floor_n
    )
order by seq desc
limit :limit

-- name: newest_of_pair
select messages.* from messages
where
    bin = :bin and theirs collate nocase = :theirs and ours collate nocase = :ours
    and theirs = :theirs and ours = :ours and last_n > :floor_n
order by first_at desc
limit 1

-- name: list_pair
select messages.* from messages
where
    bin = :bin and theirs collate nocase = :theirs and ours collate nocase = :ours
    and theirs = :theirs and ours = :ours and last_n > :floor_n
    and (first_at, id) < (:before_at, :before_id)
order by first_at desc, id desc
limit :limit

-- name: count_by_status
-- Each count stops at :most + 1: who needs more digits can ask for the export.
select status, count(*) as found from (
    select status from messages where bin = :bin and status = :status and last_n > :floor_n limit :most + 1
)

-- name: count_stuck
select count(*) as found from (
    select 1 from messages
    where bin = :bin and instr(findings, 'stuck') and last_n > :floor_n
    limit :most + 1
)

-- name: count_waiting
select count(*) as found from (
    select 1 from messages
    where
        bin = :bin and status in ('queued', 'sending', 'unknown') and last_n > :floor_n
        and not instr(findings, 'stuck')
    limit :most + 1
)

-- name: pace
select first_at, final_at, status from messages
where bin = :bin and direction = 'outbound' and last_n > :floor_n
order by seq desc
limit :limit

-- name: matching_messages
select messages.id
from messages join bins on bins.number = messages.bin
where
    messages.id in (select value from json_each(:ids)) and messages.bin = :bin and messages.last_n > bins.floor_n
    /* filter */
