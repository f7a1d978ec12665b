-- name: find_messages
select messages.id, wanted.column2, wanted.column3
from (values (?, ?, ?)) as wanted
cross join messages
    on messages.space = wanted.column1 and messages.message_id collate nocase = wanted.column2
    and messages.provider = wanted.column3 and messages.message_id = wanted.column2

-- name: get_message_row
select * from messages where id = :id

-- name: get_message_rows
select * from messages where id in (select value from json_each(:ids))

-- name: find_pieces
select id from messages
where space = :space and piece_key = :piece_key and last_at >= :from and last_at <= :to
order by last_at desc

-- name: add_message
insert into messages (
    seq, provider, message_id, direction, sender, recipient, sender_said, recipient_said, theirs, ours, text, media,
    status, raw_status, final, price, currency, error_code, segments, encoding, first_at, last_at, final_at, last_n,
    findings, open, piece_key, state, events, pairing, space, id
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: set_message
update messages
set
    seq = ?, provider = ?, message_id = ?, direction = ?, sender = ?, recipient = ?, sender_said = ?,
    recipient_said = ?, theirs = ?, ours = ?, text = ?, media = ?, status = ?, raw_status = ?, final = ?, price = ?,
    currency = ?, error_code = ?, segments = ?, encoding = ?, first_at = ?, last_at = ?, final_at = ?, last_n = ?,
    findings = ?, open = ?, piece_key = ?, state = ?, events = ?, pairing = ?
where space = ? and id = ?

-- name: move_message
-- What a callback changes. SQLite rewrites every index that holds a named column, so no other column is named.
update messages
set
    seq = ?, status = ?, raw_status = ?, final = ?, price = ?, currency = ?, error_code = ?, last_at = ?, final_at = ?,
    last_n = ?, findings = ?, open = ?, state = ?, events = ?, pairing = ?
where id = ?

-- name: erase_message
delete from messages where id = :id

-- name: touch_conversation
insert into conversations (space, theirs, ours, seq) values (?, ?, ?, ?)
on conflict (space, theirs, ours) do update set seq = excluded.seq

-- name: erase_conversation
delete from conversations
where
    space = :space and theirs = :theirs and ours = :ours
    and not exists (
        select 1 from messages
        where
            messages.space = :space
            and messages.theirs collate nocase = conversations.theirs and messages.theirs = conversations.theirs
            and messages.ours collate nocase = conversations.ours and messages.ours = conversations.ours
    )

-- name: known_texts
-- Those of the minutes and hashes near which there is a text.
select distinct wanted.column2, wanted.column3
from (values (?, ?, ?)) as wanted
cross join texts
    on texts.space = wanted.column1 and texts.hash = wanted.column3
    and texts.minute in (wanted.column2 - 1, wanted.column2, wanted.column2 + 1)

-- name: texts_before
select * from (
    select minute, hash, n, position, at, side, made, joined, message from texts
    where space = :space and minute = :minute - 1 and hash = :hash and (n, position) < (:n, :position)
    order by n desc, position desc limit :limit
) as minute_before
union all
select * from (
    select minute, hash, n, position, at, side, made, joined, message from texts
    where space = :space and minute = :minute and hash = :hash and (n, position) < (:n, :position)
    order by n desc, position desc limit :limit
) as same_minute
union all
select * from (
    select minute, hash, n, position, at, side, made, joined, message from texts
    where space = :space and minute = :minute + 1 and hash = :hash and (n, position) < (:n, :position)
    order by n desc, position desc limit :limit
) as minute_after

-- name: texts_behind
select * from (
    select minute, hash, n, position, at, side, made, joined, message from texts
    where space = :space and minute = :minute - 1 and hash = :hash and (n, position) > (:n, :position)
    order by n, position limit :limit
) as minute_before
union all
select * from (
    select minute, hash, n, position, at, side, made, joined, message from texts
    where space = :space and minute = :minute and hash = :hash and (n, position) > (:n, :position)
    order by n, position limit :limit
) as same_minute
union all
select * from (
    select minute, hash, n, position, at, side, made, joined, message from texts
    where space = :space and minute = :minute + 1 and hash = :hash and (n, position) > (:n, :position)
    order by n, position limit :limit
) as minute_after

-- name: add_text
insert into texts (space, minute, hash, n, position, at, side, made, joined, message) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: erase_text
delete from texts
where space = :space and minute = :minute and hash = :hash and n = :n and position = :position

-- name: overdue_messages
select messages.id
from messages
join spaces on spaces.number = messages.space
join bins on bins.number = spaces.bin
where
    messages.open
    and messages.last_at < :now - 1000000 * (select min(stuck_s) from bins where stuck_s > 0)
    and messages.last_at < :now - 1000000 * bins.stuck_s
    and bins.stuck_s > 0
    and spaces.state <> 'gone'
    and messages.space not in (select value from json_each(:behind))
order by messages.last_at
limit :limit

-- name: stuck_messages
select id from messages where space = :space and instr(findings, 'stuck')

-- name: get_pairing
select * from pairings where id = :id

-- name: get_pairings
select * from pairings where id in (select value from json_each(:ids))

-- name: find_call
select * from pairings indexed by pairings_by_call
where space = :space and call collate nocase = :call and call = :call

-- name: add_pairing
insert into pairings (verdict, gap_ms, last_n, due_at, call, message, twin, events, findings, hits, space, id)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: set_pairing
update pairings
set
    verdict = ?, gap_ms = ?, last_n = ?, due_at = ?, call = ?, message = ?, twin = ?, events = ?, findings = ?, hits = ?
where space = ? and id = ?

-- name: erase_pairing
delete from pairings where id = :id

-- name: due_pairings
select pairings.id
from pairings join spaces on spaces.number = pairings.space
where
    pairings.due_at <= :now and spaces.state <> 'gone'
    and pairings.space not in (select value from json_each(:behind))
order by pairings.due_at
limit :limit

-- name: add_to_verdict
insert into verdict_counts (space, verdict, pairs) values (?, ?, ?)
on conflict (space, verdict) do update set pairs = verdict_counts.pairs + excluded.pairs

-- name: add_to_gap
insert into gap_counts (space, gap_ms, pairs) values (?, ?, ?)
on conflict (space, gap_ms) do update set pairs = gap_counts.pairs + excluded.pairs

-- name: forget_empty_verdicts
delete from verdict_counts where space = :space and pairs = 0

-- name: forget_empty_gap
delete from gap_counts where space = ? and gap_ms = ? and pairs = 0
