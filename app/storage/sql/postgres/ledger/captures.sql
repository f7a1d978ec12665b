-- name: add_capture_row
insert into captures (
    id, seq, received_at, role, method, target, peer, size, content_type, body_complete, simulated, provider, message_id,
    sender, recipient, text, raw_status, problem, words, media, signature, judgement, fault, fault_kind, fault_said,
    fault_drill, own, print, events, kind, status, findings, odd, paired, messages, out_status, after_ms, sender_left,
    left_ms, well_formed, note, result, search_line
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: put_annotation_row
insert into annotations (id, pinned, note, tags, search_line) values (?, ?, ?, ?, ?)
on conflict (id) do update
set pinned = excluded.pinned, note = excluded.note, tags = excluded.tags, search_line = excluded.search_line

-- name: add_to_search
insert into search (id, words) values (?, smsbin_ledger.words_vector(?, ?, ?))

-- name: erase_from_search
-- SQLite needs the words to remove them.
with erased (id, scope, text, rest) as (
    values (cast(? as bigint), cast(? as text), cast(? as text), cast(? as text))
)
delete from search using erased where search.id = erased.id

-- name: erase_party
-- The beginning is for the index.
with erased (space, recipient, number, n) as (
    values (cast(? as bigint), cast(? as bigint), cast(? as text), cast(? as bigint))
)
delete from parties using erased
where
    parties.space = erased.space and parties.recipient = erased.recipient
    and lower(left(parties.number, 200)) = lower(left(erased.number, 200) collate "C")
    and parties.number = erased.number and parties.n = erased.n
