-- name: last_pairing
select coalesce(max(id), 0)
from (select (select max(id) from pairings where bin = bins.number) as id from bins)

-- name: add_usual_pairing
insert into pairings (verdict, findings, bin, id, last_n, call, message, hits)
select 'primary_only', '', * from (values (?, ?, ?, ?, ?, ?))

-- name: add_pairing
insert into pairings (verdict, gap_ms, last_n, due_at, call, message, twin, findings, hits, bin, id)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: set_pairing
update pairings
set verdict = ?, gap_ms = ?, last_n = ?, due_at = ?, call = ?, message = ?, twin = ?, findings = ?, hits = ?
where bin = ? and id = ?

-- name: erase_pairing
delete from pairings where bin = ? and id = ?

-- name: point_message
update messages set pairing = ? where id = ?

-- name: get_pairing
select * from pairings where bin = :bin and id = :id

-- name: find_call
select * from pairings indexed by pairings_by_call
where bin = :bin and call collate nocase = :call and call = :call

-- name: pairings_of_captures
-- By the rows of captures.
select distinct messages.pairing
from json_each(:captures)
cross join events on events.id >= value << 20 and events.id < (value + 1) << 20
join messages on messages.id = events.message
where messages.pairing is not null
union
select pairings.id
from json_each(:captures)
cross join events on events.id >= value << 20 and events.id < (value + 1) << 20
join pairings on pairings.bin = events.bin and pairings.call collate nocase = events.call
where events.call is not null and pairings.call = events.call

-- name: capture_at
select id from captures where bin = :bin and n = :n

-- name: hits_of_message
-- What is still there of a message's captures on the primary and the fallback URL.
select distinct
    captures.n, captures.role, captures.method, captures.received_at, captures.id as capture,
    outcomes.status as out_status, outcomes.after_ms, outcomes.sender_left, outcomes.left_ms, outcomes.well_formed,
    outcomes.note, fault_hits.fault, fault_hits.kind as fault_kind, fault_hits.said as fault_said,
    fault_hits.drill as fault_drill
from events
join captures on captures.id = events.id >> 20
left join outcomes on outcomes.bin = captures.bin and outcomes.n = captures.n
left join fault_hits on fault_hits.bin = captures.bin and fault_hits.n = captures.n
where events.message = :message and captures.role in ('primary', 'fallback')
order by captures.n
limit :most

-- name: hits_of_captures
-- The same for captures by their rows.
select
    captures.n, captures.role, captures.method, captures.received_at, captures.id as capture,
    outcomes.status as out_status, outcomes.after_ms, outcomes.sender_left, outcomes.left_ms, outcomes.well_formed,
    outcomes.note, fault_hits.fault, fault_hits.kind as fault_kind, fault_hits.said as fault_said,
    fault_hits.drill as fault_drill
from captures
left join outcomes on outcomes.bin = captures.bin and outcomes.n = captures.n
left join fault_hits on fault_hits.bin = captures.bin and fault_hits.n = captures.n
where captures.id in (select value from json_each(:captures))

-- name: due_pairings
select pairings.*, bins.id as bin_id
from pairings join bins on bins.number = pairings.bin
where pairings.due_at <= :now and pairings.last_n > bins.floor_n and not bins.deleted
order by pairings.due_at
limit :limit

-- name: show_capture_again
-- Its outcome's seq is what viewers follow.
update outcomes set seq = :seq where bin = :bin and n = :n

-- name: add_finding
update captures set findings = iif(findings = '', :finding, findings || ',' || :finding)
where bin = :bin and n = :n and not instr(',' || findings || ',', ',' || :finding || ',')

-- name: clear_pairings
delete from pairings where bin = :number and id in (select id from pairings where bin = :number limit :limit)

-- name: list_pairings
select pairings.*, messages.provider, messages.message_id, messages.sender, messages.recipient, messages.text
from pairings
join bins on bins.number = pairings.bin
left join messages on messages.id = pairings.message
where pairings.bin = :bin and pairings.id < :before and pairings.last_n > bins.floor_n
order by pairings.id desc
limit :limit

-- name: list_pairings_with
-- The planner would walk the whole bin.
select pairings.*, messages.provider, messages.message_id, messages.sender, messages.recipient, messages.text
from pairings indexed by pairings_by_verdict
join bins on bins.number = pairings.bin
left join messages on messages.id = pairings.message
where
    pairings.bin = :bin and pairings.verdict = :verdict and pairings.id < :before
    and pairings.last_n > bins.floor_n
order by pairings.id desc
limit :limit

-- name: pairings_by_ids
select pairings.*, messages.provider, messages.message_id, messages.sender, messages.recipient, messages.text
from pairings
join bins on bins.number = pairings.bin
left join messages on messages.id = pairings.message
where
    pairings.bin = :bin and pairings.id in (select value from json_each(:ids)) and pairings.last_n > bins.floor_n
order by pairings.id

-- name: pairings_at
-- By the numbers of captures.
select messages.pairing as id
from captures
cross join events on events.id >= captures.id << 20 and events.id < (captures.id + 1) << 20
join messages on messages.id = events.message
where
    captures.bin = :bin and captures.n in (select value from json_each(:numbers)) and messages.pairing is not null
union
select pairings.id
from captures
cross join events on events.id >= captures.id << 20 and events.id < (captures.id + 1) << 20
join pairings on pairings.bin = events.bin and pairings.call collate nocase = events.call
where
    captures.bin = :bin and captures.n in (select value from json_each(:numbers))
    and events.call is not null and pairings.call = events.call

-- name: said_of_calls
-- A call makes no message: what its first capture says.
select captures.n, captures.provider, captures.sender, captures.recipient, captures.text
from captures
where captures.bin = :bin and captures.n in (select value from json_each(:numbers))

-- name: outcomes_of
select
    wanted.value as n,
    outcomes.status as out_status, outcomes.after_ms, outcomes.sender_left, outcomes.left_ms, outcomes.well_formed,
    outcomes.note, fault_hits.fault, fault_hits.kind as fault_kind, fault_hits.said as fault_said,
    fault_hits.drill as fault_drill
from json_each(:numbers) as wanted
left join outcomes on outcomes.bin = :bin and outcomes.n = wanted.value
left join fault_hits on fault_hits.bin = :bin and fault_hits.n = wanted.value

-- name: count_verdicts
select verdict, pairs from verdict_counts where bin = :bin

-- name: gaps
-- By the nearest rank: the first one with at least so many up to it.
select
    max(gap_ms) as highest,
    min(gap_ms) filter (where 100 * upto >= 50 * total) as p50,
    min(gap_ms) filter (where 100 * upto >= 95 * total) as p95
from (
    select gap_ms, sum(pairs) over (order by gap_ms) as upto, sum(pairs) over () as total
    from gap_counts
    where bin = :bin
)

-- name: add_to_verdict
insert into verdict_counts (bin, verdict, pairs) values (?, ?, ?)
on conflict (bin, verdict) do update set pairs = pairs + excluded.pairs

-- name: add_to_gap
insert into gap_counts (bin, gap_ms, pairs) values (?, ?, ?)
on conflict (bin, gap_ms) do update set pairs = pairs + excluded.pairs

-- name: forget_empty_gap
delete from gap_counts where bin = ? and gap_ms = ? and pairs = 0

-- name: forget_verdicts
delete from verdict_counts where bin = :bin

-- name: forget_gaps
delete from gap_counts where bin = :bin

-- name: erase_pairings
delete from pairings where bin = :bin

-- name: captures_of_drill
select n from fault_hits where bin = :bin and drill = :drill order by n limit :limit
