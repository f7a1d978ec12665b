-- Of the space that readers of a bin see (`:bin` is its number), in one statement, so of one snapshot.

-- name: list_newest
select captures.*
from capture_rows as captures
where
    captures.id > ((select space from bins where number = :bin) << 40)
    and captures.id < ((select space from bins where number = :bin) << 40 | :before) /* filter */
order by captures.id desc
limit :limit

-- name: list_after
select captures.*
from capture_rows as captures
where
    captures.id > ((select space from bins where number = :bin) << 40 | :after)
    and captures.id <= ((select space from bins where number = :bin) << 40 | :until) /* filter */
order by captures.id
limit :limit

-- name: count_matching
select count(*) from (
    select 1
    from capture_rows as captures
    where
        captures.id > ((select space from bins where number = :bin) << 40)
        and captures.id < ((select space from bins where number = :bin) << 40 | :before) /* filter */
    order by captures.id desc
    limit :limit
) as matching

-- name: first_since
-- A binary search over the numbers: the times have no index, and they increase with the numbers. `low` becomes the
-- last number whose capture is earlier than `:at`.
with recursive
here (base, last) as (
    select spaces.number << 40, spaces.n from bins join spaces on spaces.number = bins.space where bins.number = :bin
),
search (low, step) as (
    values (cast(0 as bigint), cast(1 as bigint) << 39)
    union all
    select
        low + step * coalesce((
            select case when captures.received_at < :at then 1 else 0 end from captures
            where
                captures.id >= (select base from here) + low + step
                and captures.id <= (select base + last from here)
            order by captures.id
            limit 1
        ), 0),
        step >> 1
    from search
    where step > 0
)
select captures.id & 0xffffffffff as n
from captures
where
    captures.id > (select base from here) + (select low from search where step = 0)
    and captures.id <= (select base + last from here)
order by captures.id
limit 1

-- name: matching_captures
select captures.id & 0xffffffffff as n
from captures
where
    captures.id in (
        select (bins.space << 40) + value from json_each(:ns) cross join bins where bins.number = :bin
    )
    /* filter */

-- name: get_captures
select captures.*, all_of_it.events
from capture_rows as captures join captures as all_of_it on all_of_it.id = captures.id
where
    captures.id in (
        select (bins.space << 40) + value from json_each(:numbers) cross join bins where bins.number = :bin
    )
order by captures.id

-- name: changes_after
-- Only the last change of a message.
select
    changes.seq as change_seq, changes.what, changes.ref as change_ref, changes.name as change_name, spaces.first_seq,
    spaces.last_seq, captures.*
from bins
cross join spaces on spaces.number = bins.space
cross join changes on changes.space = spaces.number
left join messages on changes.what = 2 and messages.id = (changes.space << 40) + changes.ref
left join capture_rows as captures on changes.what < 2 and captures.id = (changes.space << 40) + changes.ref
where
    bins.number = :bin and changes.seq > :after
    and (changes.what <> 2 or messages.seq = changes.seq)
    and (changes.what >= 2 or captures.id is not null)
order by changes.seq
limit :limit

-- name: related_captures
-- Captures of the same messages, or of the same call.
with here (space) as (select space from bins where number = :bin)
select captures.*
from capture_rows as captures
where
    captures.id in (
        select (here.space << 40) + links.n
        from here
        join captures as it on it.id = (here.space << 40) + :n
        cross join json_each(it.messages) as its
        cross join links on links.message = (here.space << 40) + its.value
        union
        select (here.space << 40) + other.n
        from here
        join calls as its on its.space = here.space and its.n = :n
        join calls as other
            on other.space = its.space and other.call collate nocase = its.call and other.call = its.call
    )
    and captures.id <> ((select space from here) << 40) + :n
order by captures.id
limit :limit

-- name: first_with_same_content
-- Among the first captures of the message of an event; an id may be sent endlessly.
with it (space, message, print) as (
    select bins.space, (bins.space << 40) + (
        select value from json_each(captures.messages) where key = :position
    ), captures.print
    from bins join captures on captures.id = (bins.space << 40) + :n
    where bins.number = :bin
)
select before.n
from (
    select links.n
    from it cross join links on links.message = it.message
    where links.n < :n
    order by links.n
    limit :most
) as before
cross join it
join captures on captures.id = (it.space << 40) + before.n
where captures.print = it.print
order by before.n
limit 1

-- name: messages_of_capture
with here (space) as (select space from bins where number = :bin)
select messages.*
from here
join captures as it on it.id = (here.space << 40) + :n
cross join json_each(it.messages) as its
join messages on messages.id = (here.space << 40) + its.value
group by messages.id
order by min(its.key)

-- name: unfinished_messages
-- The outbound messages of these captures that have no final status.
with here (space) as (select space from bins where number = :bin)
select wanted.value as n, messages.provider, messages.message_id, messages.last_n
from here
cross join json_each(:numbers) as wanted
cross join captures as it on it.id = (here.space << 40) + wanted.value
cross join json_each(it.messages) as its
cross join messages on messages.id = (here.space << 40) + its.value
where messages.direction = 'outbound' and not messages.final
order by n, messages.id
