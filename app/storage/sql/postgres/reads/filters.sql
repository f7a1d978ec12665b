-- Words are found in the columns `search_line` and `words`, which have a blank before and after each word (`postgres/words.py`);
-- `:p` is a list of what to look for. Ranges are those of the indexes, so a driver may return a few rows more. A limit
-- or an offset in a subquery makes the planner use the index for each row outside of it, whatever it estimates.

-- name: captures_words
(
    select exists (
        select 1 from json_each(:p) where instr(all_of_it.search_line, value) or instr(all_of_it.words, value)
    )
    from captures as all_of_it where all_of_it.id = captures.id
)

-- name: captures_text
(
    select exists (select 1 from json_each(:p) where instr(all_of_it.search_line, value))
    from captures as all_of_it where all_of_it.id = captures.id
)

-- name: captures_note
exists (
    select 1 from annotations cross join json_each(:p)
    where annotations.id = captures.id and instr(annotations.search_line, value)
)

-- name: messages_words
exists (
    select 1
    from links
    join captures on captures.id = (messages.space << 40) + links.n
    cross join json_each(:p)
    where links.message = messages.id and (instr(captures.search_line, value) or instr(captures.words, value))
)

-- name: messages_text
exists (select 1 from json_each(:p) where instr(messages.search_line, value))

-- name: messages_note
exists (
    select 1
    from links
    join annotations on annotations.id = (messages.space << 40) + links.n
    cross join json_each(:p)
    where links.message = messages.id and instr(annotations.search_line, value)
)

-- name: drive_captures_note
select id from annotations
where
    id > :space << 40 and id < (:space + 1) << 40 and note <> ''
    and exists (select 1 from json_each(:p) where instr(annotations.search_line, value))
limit :limit

-- name: drive_captures_from
select (:space << 40) + found.n as id
from smsbin_ledger.ranges_of(cast(:p as text[])) as ranges
cross join lateral (
    select parties.n from parties
    where
        parties.space = :space and parties.recipient = 0
        and lower(left(parties.number, 200)) >= ranges.low and lower(left(parties.number, 200)) <= ranges.high
    order by lower(left(parties.number, 200))
    limit :limit
) as found
limit :limit

-- name: drive_captures_to
select (:space << 40) + found.n as id
from smsbin_ledger.ranges_of(cast(:p as text[])) as ranges
cross join lateral (
    select parties.n from parties
    where
        parties.space = :space and parties.recipient = 1
        and lower(left(parties.number, 200)) >= ranges.low and lower(left(parties.number, 200)) <= ranges.high
    order by lower(left(parties.number, 200))
    limit :limit
) as found
limit :limit

-- name: drive_captures_id
-- A capture may be there twice: to remove that, all rows would be read.
select (:space << 40) + links.n as id
from smsbin_ledger.ranges_of(cast(:p as text[])) as ranges
cross join lateral (
    select messages.id from messages
    where
        messages.space = :space
        and lower(left(messages.message_id, 200)) >= ranges.low and lower(left(messages.message_id, 200)) <= ranges.high
    order by lower(left(messages.message_id, 200))
    limit :limit
) as found
join links on links.message = found.id
union all
select (:space << 40) + found.n
from smsbin_ledger.ranges_of(cast(:p as text[])) as ranges
cross join lateral (
    select calls.n from calls
    where
        calls.space = :space
        and lower(left(calls.call, 200)) >= ranges.low and lower(left(calls.call, 200)) <= ranges.high
    order by lower(left(calls.call, 200))
    limit :limit
) as found
limit :limit

-- name: drive_messages_from
select found.id
from smsbin_ledger.ranges_of(cast(:p as text[])) as ranges
cross join lateral (
    select messages.id from messages
    where
        messages.space = :space
        and lower(left(messages.theirs, 200)) >= ranges.low and lower(left(messages.theirs, 200)) <= ranges.high
    order by lower(left(messages.theirs, 200))
    limit :limit
) as found
union all
select found.id
from smsbin_ledger.ranges_of(cast(:p as text[])) as ranges
cross join conversations
cross join lateral (
    select messages.id from messages
    where
        messages.space = :space
        and lower(left(messages.theirs, 200)) = lower(left(conversations.theirs, 200))
        and lower(left(messages.ours, 200)) = lower(left(conversations.ours, 200))
    order by messages.first_at
    limit :limit
) as found
where
    conversations.space = :space
    and lower(left(conversations.ours, 200)) >= ranges.low and lower(left(conversations.ours, 200)) <= ranges.high
limit :limit

-- name: drive_messages_id
select found.id
from smsbin_ledger.ranges_of(cast(:p as text[])) as ranges
cross join lateral (
    select messages.id from messages
    where
        messages.space = :space
        and lower(left(messages.message_id, 200)) >= ranges.low and lower(left(messages.message_id, 200)) <= ranges.high
    order by lower(left(messages.message_id, 200))
    limit :limit
) as found
limit :limit

-- name: search_hits
-- Without an order, because the one of the ids would make the planner read all rows.
select search.id from search
where search.words @@ smsbin_ledger.words_query(:scope, cast(:p as text[]))
limit :limit
