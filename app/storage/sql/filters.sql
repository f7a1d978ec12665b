-- The filter grammar, put together by `storage/filters.py`. `:p` is a term's own parameter; lists are JSON, patterns are
-- as LIKE has them, ranges are [from, to).
-- Conditions are the truth about a row. Drivers (`drive_…`) give a superset of the rows that a term finds, from an index.

-- name: captures_from
exists (select 1 from json_each(:p) where captures.sender like value escape '\')

-- name: captures_to
exists (select 1 from json_each(:p) where captures.recipient like value escape '\')

-- name: captures_id
exists (select 1 from json_each(:p) where captures.message_id like value escape '\')

-- name: captures_words
(select words_match(coalesce(captures.text, ''), raws.words, :p) from raws where raws.id = captures.id)

-- name: captures_text
words_match(coalesce(captures.text, ''), '', :p)

-- name: captures_status
captures.status in (select value from json_each(:p))

-- name: captures_role
captures.role in (select value from json_each(:p))

-- name: captures_kind
captures.kind in (select value from json_each(:p))

-- name: captures_provider
captures.provider in (select value from json_each(:p))

-- name: captures_method
captures.method in (select value from json_each(:p))

-- name: captures_has
captures.findings <> ''
and exists (
    select 1 from json_each(:p) where value = 'any' or instr(',' || captures.findings || ',', ',' || value || ',')
)

-- name: captures_is
captures.simulated

-- name: captures_after_n
captures.n > :p

-- name: captures_before_n
captures.n < :p

-- name: captures_after_time
captures.received_at >= :p

-- name: captures_before_time
captures.received_at < :p

-- name: captures_size_from
captures.size >= :p

-- name: captures_size_to
captures.size <= :p

-- name: messages_from
exists (select 1 from json_each(:p) where messages.sender like value escape '\')

-- name: messages_to
exists (select 1 from json_each(:p) where messages.recipient like value escape '\')

-- name: messages_id
exists (select 1 from json_each(:p) where messages.message_id like value escape '\')

-- name: messages_words
exists (
    select 1
    from events join captures on captures.id = events.id >> 20 join raws on raws.id = captures.id
    where events.message = messages.id and words_match(coalesce(captures.text, ''), raws.words, :p)
)

-- name: messages_text
words_match(coalesce(messages.text, ''), '', :p)

-- name: messages_status
messages.status in (select value from json_each(:p))

-- name: messages_kind
case messages.direction when 'inbound' then 'inbound' else 'status' end in (select value from json_each(:p))

-- name: messages_provider
messages.provider in (select value from json_each(:p))

-- name: messages_role
exists (
    select 1 from events join captures on captures.id = events.id >> 20
    where events.message = messages.id and captures.role in (select value from json_each(:p))
)

-- name: messages_method
exists (
    select 1 from events join captures on captures.id = events.id >> 20
    where events.message = messages.id and captures.method in (select value from json_each(:p))
)

-- name: messages_has
messages.findings <> ''
and exists (
    select 1 from json_each(:p) where value = 'any' or instr(',' || messages.findings || ',', ',' || value || ',')
)

-- name: messages_is
exists (
    select 1 from events join captures on captures.id = events.id >> 20
    where events.message = messages.id and captures.simulated
)

-- name: messages_after_n
messages.last_n > :p

-- name: messages_before_n
messages.last_n < :p

-- name: messages_after_time
messages.last_at >= :p

-- name: messages_before_time
messages.last_at < :p

-- name: messages_size_from
exists (
    select 1 from events join captures on captures.id = events.id >> 20
    where events.message = messages.id and captures.size >= :p
)

-- name: messages_size_to
exists (
    select 1 from events join captures on captures.id = events.id >> 20
    where events.message = messages.id and captures.size <= :p
)

-- name: drive_captures_from
select parties.capture as id from json_each(:p) cross join parties
where
    parties.bin = :bin and parties.recipient = 0
    and parties.number >= json_extract(value, '$[0]') and parties.number < json_extract(value, '$[1]')
limit :limit

-- name: drive_captures_to
select parties.capture as id from json_each(:p) cross join parties
where
    parties.bin = :bin and parties.recipient = 1
    and parties.number >= json_extract(value, '$[0]') and parties.number < json_extract(value, '$[1]')
limit :limit

-- name: drive_captures_id
select events.id >> 20 as id
from json_each(:p) cross join messages cross join events on events.message = messages.id
where
    messages.bin = :bin and messages.message_id collate nocase >= json_extract(value, '$[0]')
    and messages.message_id collate nocase < json_extract(value, '$[1]')
union
select events.id >> 20 from json_each(:p) cross join events
where
    events.bin = :bin and events.call collate nocase >= json_extract(value, '$[0]')
    and events.call collate nocase < json_extract(value, '$[1]')
limit :limit

-- name: drive_captures_status
select id from captures
where
    bin = :bin and status in ('failed', 'undelivered', 'rejected', 'expired', 'canceled')
    and status in (select value from json_each(:p))
limit :limit

-- name: drive_captures_has
select id from captures where bin = :bin and findings <> '' limit :limit

-- name: drive_messages_from
select id from (
    select messages.id from json_each(:p) cross join messages
    where
        messages.bin = :bin and messages.theirs collate nocase >= json_extract(value, '$[0]')
        and messages.theirs collate nocase < json_extract(value, '$[1]')
    union all
    select messages.id
    from json_each(:p) cross join conversations
    cross join messages
        on messages.bin = :bin and messages.theirs collate nocase = conversations.theirs
        and messages.ours collate nocase = conversations.ours
    where
        conversations.bin = :bin and conversations.ours collate nocase >= json_extract(value, '$[0]')
        and conversations.ours collate nocase < json_extract(value, '$[1]')
) limit :limit

-- name: drive_messages_id
select messages.id from json_each(:p) cross join messages
where
    messages.bin = :bin and messages.message_id collate nocase >= json_extract(value, '$[0]')
    and messages.message_id collate nocase < json_extract(value, '$[1]')
limit :limit

-- name: drive_messages_status
select id from messages where bin = :bin and status in (select value from json_each(:p)) limit :limit

-- name: drive_captures_is
select id from captures where bin = :bin and simulated limit :limit

-- name: drive_messages_has
select id from messages where bin = :bin and findings <> '' limit :limit

-- name: messages_of_hits
select events.message as id
from json_each(:hits) cross join events on events.id >= value << 20 and events.id < (value + 1) << 20
where +events.message is not null
union
-- No more than that is looked at, however far behind the index is.
select message from (
    select distinct message from events where id >= (:upto + 1) << 20 and +message is not null limit :limit
)
limit :limit

-- name: captures_driven
captures.id in (select value from json_each(:driven))

-- name: captures_driven_or_later
captures.id in (select value from json_each(:driven)) or captures.id > :upto

-- name: messages_driven
messages.id in (select value from json_each(:driven))
