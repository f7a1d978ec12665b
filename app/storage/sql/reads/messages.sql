-- name: list_messages
select messages.*
from changes cross join messages on messages.id = (changes.space << 40) + changes.ref
where
    changes.space = (select space from bins where number = :bin) and changes.what = 2 and changes.seq < :before
    and messages.seq = changes.seq /* filter */
order by changes.seq desc
limit :limit

-- name: count_matching_messages
select count(*) from (
    select 1
    from messages
    where
        messages.id > ((select space from bins where number = :bin) << 40)
        and messages.id < ((select space from bins where number = :bin) + 1) << 40 /* filter */
    order by messages.id desc
    limit :limit
) as matching

-- name: driven_messages
-- The same for a few messages, by their ids.
select messages.*
from messages
where +messages.space = (select space from bins where number = :bin) and messages.seq < :before /* filter */
order by messages.seq desc
limit :limit

-- name: each_message
select messages.*
from messages
where
    messages.id > ((select space from bins where number = :bin) << 40 | :after)
    and messages.id <= ((select space from bins where number = :bin) << 40 | :until) /* filter */
order by messages.id
limit :limit

-- name: last_message
select last_message from spaces where number = (select space from bins where number = :bin)

-- name: matching_messages
select messages.id & 0xffffffffff as number
from messages
where
    messages.id in (
        select (bins.space << 40) + value from json_each(:ids) cross join bins where bins.number = :bin
    )
    /* filter */

-- name: get_message
select messages.*
from messages
where
    messages.space = (select space from bins where number = :bin)
    and messages.message_id collate nocase = :message_id and messages.provider = :provider
    and messages.message_id = :message_id

-- name: messages_by_numbers
select messages.*
from messages
where
    messages.id in (
        select (bins.space << 40) + value from json_each(:ids) cross join bins where bins.number = :bin
    )

-- name: facts_of_message
-- The newest first.
select
    links.n, links.position, captures.received_at, captures.provider, captures.own, captures.print, captures.events
from links join captures on captures.id = (:message >> 40 << 40) + links.n
where links.message = :message
order by links.n desc, links.position desc
limit :most

-- name: captures_of_messages
-- The newest of each: a message that is sent endlessly must not make its row endless.
select
    value as message,
    (
        select json_group_array(n) from (
            select distinct n from links where message = value order by n desc limit :most
        ) as newest
    ) as numbers
from json_each(:ids)

-- name: list_conversations
select conversations.theirs, conversations.ours, conversations.seq as pair_seq
from conversations
where space = (select space from bins where number = :bin) and seq < :before
order by seq desc
limit :limit

-- name: newest_of_pair
select messages.* from messages
where
    space = (select space from bins where number = :bin)
    and theirs collate nocase = :theirs and ours collate nocase = :ours
    and theirs = :theirs and ours = :ours
order by first_at desc
limit 1

-- name: list_pair
select messages.* from messages
where
    space = (select space from bins where number = :bin)
    and theirs collate nocase = :theirs and ours collate nocase = :ours
    and theirs = :theirs and ours = :ours
    and (first_at, id & 0xffffffffff) < (:before_at, :before_id)
order by first_at desc, id desc
limit :limit

-- name: count_by_status
-- Each count stops at :most + 1; exact numbers are in the export.
select count(*) as found from (
    select 1 from messages
    where space = (select space from bins where number = :bin) and status = :status
    limit :most + 1
) as matching

-- name: count_stuck
select count(*) as found from (
    select 1 from messages
    where space = (select space from bins where number = :bin) and instr(findings, 'stuck')
    limit :most + 1
) as matching

-- name: count_waiting
select count(*) as found from (
    select 1 from messages
    where
        space = (select space from bins where number = :bin) and status in ('queued', 'sending', 'unknown')
        and not instr(findings, 'stuck')
    limit :most + 1
) as matching

-- name: pace
select messages.first_at, messages.final_at, messages.status
from changes cross join messages on messages.id = (changes.space << 40) + changes.ref
where
    changes.space = (select space from bins where number = :bin) and changes.what = 2
    and messages.seq = changes.seq and messages.direction = 'outbound'
order by changes.seq desc
limit :limit

-- name: list_pairings
select pairings.*, messages.provider, messages.message_id, messages.sender, messages.recipient, messages.text
from pairings left join messages on messages.id = pairings.message
where
    pairings.id > ((select space from bins where number = :bin) << 40)
    and pairings.id < ((select space from bins where number = :bin) << 40 | :before)
order by pairings.id desc
limit :limit

-- name: list_pairings_with
-- Otherwise the query planner would scan the whole bin.
select pairings.*, messages.provider, messages.message_id, messages.sender, messages.recipient, messages.text
from pairings indexed by pairings_by_verdict
left join messages on messages.id = pairings.message
where
    pairings.space = (select space from bins where number = :bin) and pairings.verdict = :verdict
    and pairings.id < ((select space from bins where number = :bin) << 40 | :before)
order by pairings.id desc
limit :limit

-- name: pairings_at
-- By the numbers of captures.
with
here (space) as (select space from bins where number = :bin),
found (id) as (
    select messages.pairing
    from here cross join json_each(:numbers) as wanted
    join captures on captures.id = (here.space << 40) + wanted.value
    cross join json_each(captures.messages) as its
    join messages on messages.id = (here.space << 40) + its.value
    where messages.pairing is not null
    union
    select pairings.id
    from here cross join json_each(:numbers) as wanted
    join calls on calls.space = here.space and calls.n = wanted.value
    join pairings on pairings.space = here.space and pairings.call collate nocase = calls.call
    where pairings.call = calls.call
)
select pairings.*, messages.provider, messages.message_id, messages.sender, messages.recipient, messages.text
from found
join pairings on pairings.id = found.id
left join messages on messages.id = pairings.message
order by pairings.id

-- name: said_of_captures
-- The outcomes and parties of the captures; the parties are read from the captures because a call has no message.
select captures.*
from capture_rows as captures
where
    captures.id in (
        select (bins.space << 40) + value from json_each(:numbers) cross join bins where bins.number = :bin
    )

-- name: count_verdicts
select verdict, pairs from verdict_counts where space = (select space from bins where number = :bin)

-- name: gaps
-- By nearest rank: the first value with at least that many values up to it.
select
    max(gap_ms) as highest,
    min(gap_ms) filter (where 100 * upto >= 50 * total) as p50,
    min(gap_ms) filter (where 100 * upto >= 95 * total) as p95
from (
    select gap_ms, sum(pairs) over (order by gap_ms) as upto, sum(pairs) over () as total
    from gap_counts
    where space = (select space from bins where number = :bin)
) as counted

-- name: captures_of_drill
select id & 0xffffffffff as n from captures
where
    fault_drill = :drill and id > ((select space from bins where number = :bin) << 40)
    and id < (((select space from bins where number = :bin) + 1) << 40)
order by id
limit :limit
