-- name: find_messages
select messages.id, wanted.column2, wanted.column3
from unnest(cast(? as bigint[]), cast(? as text[]), cast(? as text[])) as wanted (column1, column2, column3)
join messages
    on messages.space = wanted.column1
    and lower(left(messages.message_id, 200)) = lower(left(wanted.column2, 200) collate "C")
    and messages.provider = wanted.column3 and messages.message_id = wanted.column2

-- name: known_texts
select distinct wanted.column2, wanted.column3
from unnest(cast(? as bigint[]), cast(? as bigint[]), cast(? as bigint[])) as wanted (column1, column2, column3)
cross join generate_series(-1, 1) as apart (minutes)
join texts
    on texts.space = wanted.column1 and texts.minute = wanted.column2 + apart.minutes and texts.hash = wanted.column3

-- name: find_pieces
select id from messages
where
    space = :space and md5(piece_key) = md5(:piece_key) and piece_key = :piece_key
    and last_at >= :from and last_at <= :to
order by last_at desc

-- name: touch_conversation
insert into conversations (space, theirs, ours, seq) values (?, ?, ?, ?)
on conflict (space, md5(theirs), md5(ours)) do update set seq = excluded.seq

-- name: erase_conversation
-- The first lines are for the index.
delete from conversations
where
    space = :space and md5(theirs) = md5(:theirs) and md5(ours) = md5(:ours)
    and theirs = :theirs and ours = :ours
    and not exists (
        select 1 from messages
        where
            messages.space = :space
            and lower(left(messages.theirs, 200)) = lower(left(conversations.theirs, 200))
            and lower(left(messages.ours, 200)) = lower(left(conversations.ours, 200))
            and messages.theirs = conversations.theirs and messages.ours = conversations.ours
    )

-- name: stuck_messages
select id from messages where space = :space and strpos(findings, 'stuck') > 0

-- name: add_message
insert into messages (
    seq, provider, message_id, direction, sender, recipient, sender_said, recipient_said, theirs, ours, text, media,
    status, raw_status, final, price, currency, error_code, segments, encoding, first_at, last_at, final_at, last_n,
    findings, open, piece_key, state, events, pairing, space, id, search_line
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: set_message
update messages
set
    seq = ?, provider = ?, message_id = ?, direction = ?, sender = ?, recipient = ?, sender_said = ?,
    recipient_said = ?, theirs = ?, ours = ?, text = ?, media = ?, status = ?, raw_status = ?, final = ?, price = ?,
    currency = ?, error_code = ?, segments = ?, encoding = ?, first_at = ?, last_at = ?, final_at = ?, last_n = ?,
    findings = ?, open = ?, piece_key = ?, state = ?, events = ?, pairing = ?, search_line = ?
where space = ? and id = ?
