-- name: add_capture_row
insert into captures (
    id, seq, received_at, role, method, target, peer, size, content_type, body_complete, simulated, provider, message_id,
    sender, recipient, text, raw_status, problem, words, media, signature, judgement, fault, fault_kind, fault_said,
    fault_drill, own, print, events, kind, status, findings, odd, paired, messages, out_status, after_ms, sender_left,
    left_ms, well_formed, note, result
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: change_capture_row
update captures
set
    kind = ?, status = ?, findings = ?, odd = ?, paired = ?, messages = ?, out_status = ?, after_ms = ?, sender_left = ?,
    left_ms = ?, well_formed = ?, note = ?, result = ?
where id = ?

-- name: kept_captures
select
    id, received_at, role, method, provider, kind, status, own, odd, paired, messages, print, events, out_status, after_ms,
    sender_left, left_ms, well_formed, note, result, fault_kind
from captures
where id in (select value from json_each(:ids))

-- name: erase_capture_row
delete from captures where id = :id

-- name: erase_annotation_row
delete from annotations where id = :id

-- name: put_annotation_row
insert into annotations (id, pinned, note, tags) values (?, ?, ?, ?)
on conflict (id) do update set pinned = excluded.pinned, note = excluded.note, tags = excluded.tags

-- name: newest_capture_row
select received_at from captures where id > :above and id <= :upto order by id desc limit 1

-- name: oldest_capture_rows
select id & 0xffffffffff as n from captures where id > :above and id <= :upto order by id limit :limit

-- name: add_change
insert into changes (space, seq, what, ref, name) values (?, ?, ?, ?, ?)

-- name: forget_changes
-- Of captures that are deleted; a later change reports the deletion.
delete from changes where space = :space and seq < coalesce(
    (select seq from captures where id > :above and id <= :upto order by id limit 1), :last
)

-- name: add_link
insert into links (message, n, position) values (?, ?, ?)

-- name: first_links
select n, position from links where message = :message order by n, position limit :limit

-- name: last_links
select n, position from links where message = :message order by n desc, position desc limit :limit

-- name: erase_links
delete from links where message = :message and (n, position) <= (:n, :position)

-- name: erase_link
delete from links where message = ? and n = ? and position = ?

-- name: add_call
insert into calls (space, call, n, position) values (?, ?, ?, ?)

-- name: first_call_hits
select calls.n, calls.position
from calls cross join captures on captures.id = (calls.space << 40) + calls.n
where
    calls.space = :space and calls.call collate nocase = :call and calls.call = :call
    and captures.role in ('voice', 'voice-fallback')
order by calls.n, calls.position
limit :limit

-- name: erase_calls_of_capture
delete from calls where space = :space and n = :n

-- name: words_after
select id, sender, recipient, text, words from captures where id > :after and id <= :upto order by id limit :limit

-- name: words_of
select id, sender, recipient, text, words from captures where id in (select value from json_each(:ids))

-- name: add_to_search
insert into search (rowid, scope, text, rest) values (?, ?, ?, ?)

-- name: erase_from_search
insert into search (search, rowid, scope, text, rest) values ('delete', ?, ?, ?, ?)

-- name: add_party
insert into parties (space, recipient, number, n) values (?, ?, ?, ?)

-- name: erase_party
delete from parties where space = ? and recipient = ? and number = ? and n = ?

-- name: search_secure_delete
insert into search (search, rank) values ('secure-delete', 1)

-- name: search_merge
insert into search (search, rank) values ('merge', :pages)
