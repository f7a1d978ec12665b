-- name: last_id
-- Never below what the search has seen: an id that came again would count as indexed.
select max(coalesce((select max(id) from captures), 0), (select upto from search_progress))

-- name: add_capture
insert into captures (
    id, bin, n, seq, received_at, role, method, target, peer, size, content_type, body_complete,
    provider, kind, message_id, sender, recipient, text, status, raw_status, problem, findings, simulated
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: add_raw
insert into raws (id, http_version, headers, body, sha256, words) values (?, ?, ?, ?, ?, ?)

-- name: add_outcome
insert or ignore into outcomes (bin, n, seq, status, after_ms, sender_left, left_ms, well_formed, note)
select bin, n, ?, ?, ?, ?, ?, ?, ? from captures where bin = ? and n = ?

-- name: add_usual_outcome
insert or ignore into outcomes (bin, n, seq, status, after_ms, sender_left)
select captures.bin, captures.n, new.column3, new.column4, new.column5, 0
from (values (?, ?, ?, ?, ?)) as new
cross join captures on captures.bin = new.column1 and captures.n = new.column2

-- name: add_sent_answer
insert or ignore into sent_answers (bin, n, answer)
select bin, n, ? from captures where bin = ? and n = ?

-- name: get_sent_answer
select sent_answers.answer
from sent_answers join bins on bins.number = sent_answers.bin
where sent_answers.bin = :bin and sent_answers.n = :n and sent_answers.n > bins.floor_n

-- name: get_sent_answers
select sent_answers.n, sent_answers.answer
from sent_answers join bins on bins.number = sent_answers.bin
where
    sent_answers.bin = :bin and sent_answers.n in (select value from json_each(:numbers))
    and sent_answers.n > bins.floor_n

-- name: add_fault_hit
insert into fault_hits (bin, n, fault, kind, said, drill) values (?, ?, ?, ?, ?, ?)

-- name: find_capture
select captures.id, captures.role
from captures join bins on bins.number = captures.bin
where captures.bin = :bin and captures.n = :n and captures.n > bins.floor_n

-- name: list_newest
select
    captures.*, outcomes.status as out_status, outcomes.after_ms, outcomes.sender_left,
    outcomes.left_ms, outcomes.well_formed, outcomes.note,
    fault_hits.fault, fault_hits.kind as fault_kind, fault_hits.said as fault_said, fault_hits.drill as fault_drill
from captures
join bins on bins.number = captures.bin
left join outcomes on outcomes.bin = captures.bin and outcomes.n = captures.n
left join fault_hits on fault_hits.bin = captures.bin and fault_hits.n = captures.n
where captures.bin = :bin and captures.n > bins.floor_n and captures.n < :before /* filter */
order by captures.n desc
limit :limit

-- name: list_after
select
    captures.*, outcomes.status as out_status, outcomes.after_ms, outcomes.sender_left,
    outcomes.left_ms, outcomes.well_formed, outcomes.note,
    fault_hits.fault, fault_hits.kind as fault_kind, fault_hits.said as fault_said, fault_hits.drill as fault_drill
from captures
join bins on bins.number = captures.bin
left join outcomes on outcomes.bin = captures.bin and outcomes.n = captures.n
left join fault_hits on fault_hits.bin = captures.bin and fault_hits.n = captures.n
where captures.bin = :bin and captures.n > max(bins.floor_n, :after) /* filter */
order by captures.n
limit :limit

-- name: get_capture
select
    captures.*, outcomes.status as out_status, outcomes.after_ms, outcomes.sender_left,
    outcomes.left_ms, outcomes.well_formed, outcomes.note,
    fault_hits.fault, fault_hits.kind as fault_kind, fault_hits.said as fault_said, fault_hits.drill as fault_drill,
    raws.http_version, raws.headers, raws.body, raws.sha256
from captures
join bins on bins.number = captures.bin
join raws on raws.id = captures.id
left join outcomes on outcomes.bin = captures.bin and outcomes.n = captures.n
left join fault_hits on fault_hits.bin = captures.bin and fault_hits.n = captures.n
where captures.bin = :bin and captures.n = :n and captures.n > bins.floor_n

-- name: get_captures
select
    captures.*, outcomes.status as out_status, outcomes.after_ms, outcomes.sender_left,
    outcomes.left_ms, outcomes.well_formed, outcomes.note,
    fault_hits.fault, fault_hits.kind as fault_kind, fault_hits.said as fault_said, fault_hits.drill as fault_drill,
    raws.http_version, raws.headers, raws.body, raws.sha256
from captures
join bins on bins.number = captures.bin
join raws on raws.id = captures.id
left join outcomes on outcomes.bin = captures.bin and outcomes.n = captures.n
left join fault_hits on fault_hits.bin = captures.bin and fault_hits.n = captures.n
where captures.bin = :bin and captures.n in (select value from json_each(:numbers)) and captures.n > bins.floor_n
order by captures.n

-- name: changes_after
-- One statement, so one snapshot: read apart, a commit in between would slip under the viewer's cursor.
-- Captures take n and seq together, so both rise together: where a seq stands among the numbers is found by halving,
-- and no index has to be kept for it in each commit.
with recursive halving (low, high) as (
    select floor_n, last_n from bins where number = :bin
    union all
    select
        iif(captures.seq > :after, low, (low + high + 1) / 2),
        iif(captures.seq > :after, (low + high + 1) / 2 - 1, high)
    from halving
    left join captures
        on captures.id = (
            select id from captures
            where bin = :bin and n > low and n <= (low + high + 1) / 2
            order by n desc limit 1
        )
    where low < high
),
changes (seq, what, n, through) as (
    select * from (
        select seq, 'captured', n, 0 from captures
        where bin = :bin and n > (select max(low) from halving)
        order by n limit :limit
    )
    union all
    select * from (
        select seq, 'answered', n, 0 from outcomes
        where bin = :bin and seq > :after and n > (select floor_n from bins where number = :bin)
        order by seq limit :limit
    )
    union all
    select * from (
        select seq, 'deleted', n, through from deletions
        where bin = :bin and seq > :after
        order by seq limit :limit
    )
    union all
    select * from (
        select seq, 'message', id, 0 from messages
        where bin = :bin and seq > :after and last_n > (select floor_n from bins where number = :bin)
        order by seq limit :limit
    )
)
select
    changes.seq as change_seq, changes.what, changes.n as change_n, changes.through, captures.*,
    outcomes.status as out_status, outcomes.after_ms, outcomes.sender_left,
    outcomes.left_ms, outcomes.well_formed, outcomes.note,
    fault_hits.fault, fault_hits.kind as fault_kind, fault_hits.said as fault_said, fault_hits.drill as fault_drill
from changes
left join captures on changes.what in ('captured', 'answered') and captures.bin = :bin and captures.n = changes.n
left join outcomes on outcomes.bin = captures.bin and outcomes.n = captures.n
left join fault_hits on fault_hits.bin = captures.bin and fault_hits.n = captures.n
order by changes.seq
limit :limit

-- name: add_deletion
insert into deletions (bin, seq, n, through) values (:bin, :seq, :n, :through)

-- name: forget_deletions
delete from deletions where bin = :bin and n <= :n

-- name: oldest
select captures.id, captures.n, captures.role, captures.received_at
from captures join bins on bins.number = captures.bin
where captures.bin = :bin and captures.n > bins.floor_n
order by captures.n
limit :limit

-- name: leftovers
select id, n from captures where bin = :bin and n <= :floor_n order by n limit :limit

-- name: erase_raw
delete from raws where id = ?

-- name: erase_outcome
delete from outcomes where bin = ? and n = ?

-- name: erase_sent_answer
delete from sent_answers where bin = ? and n = ?

-- name: erase_fault_hit
delete from fault_hits where bin = ? and n = ?

-- name: erase_capture
delete from captures where id = ?

-- name: erase_deletions
delete from deletions where bin = :bin

-- name: matching_captures
select captures.n
from captures join bins on bins.number = captures.bin
where
    captures.bin = :bin and captures.n in (select value from json_each(:ns)) and captures.n > bins.floor_n
    /* filter */

-- name: first_n_since
-- The number of the newest capture that is older than a time; numbers follow time but for jumps of the clock.
select n, received_at from captures where bin = :bin and n >= :n order by n limit 1
