-- The filter grammar, used by `storage/reads/filters.py`. `:p` is the parameter of a term; lists are JSON, patterns are
-- for LIKE, ranges are [from, to).
-- A condition decides whether a row matches. A driver (`drive_…`) returns a superset of the matching rows, from an
-- index.

-- name: captures_from
exists (select 1 from json_each(:p) where captures.sender like value escape '\')

-- name: captures_to
exists (select 1 from json_each(:p) where captures.recipient like value escape '\')

-- name: captures_id
exists (select 1 from json_each(:p) where captures.message_id like value escape '\')

-- name: captures_words
(
    select words_match(coalesce(all_of_it.text, ''), all_of_it.words, :p)
    from captures as all_of_it where all_of_it.id = captures.id
)

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
    select 1 from json_each(:p) where value = 'any' or instr(',' || captures.findings || ',', ',' || value || ',') > 0
)

-- name: captures_is
exists (
    select 1 from json_each(:p)
    where case value
        when 'simulated' then captures.simulated
        else exists (select 1 from annotations where annotations.id = captures.id and annotations.pinned)
    end
)

-- name: captures_tag
exists (
    select 1 from annotations cross join json_each(:p)
    where annotations.id = captures.id and instr(',' || annotations.tags || ',', value) > 0
)

-- name: captures_note
exists (
    select 1 from annotations where annotations.id = captures.id and words_match(annotations.note, '', :p)
)

-- name: captures_signature
captures.signature in (select value from json_each(:p))

-- name: captures_result
captures.result in (select value from json_each(:p))

-- name: captures_forward
exists (
    select 1
    from log.forwards as its
    cross join log.dispatches on dispatches.forward = its.number and dispatches.n = captures.id & 0xffffffffff
    cross join json_each(:p) as wanted
    where
        its.bin = (select spaces.bin from spaces where spaces.number = captures.id >> 40) and not its.deleted
        and (
            wanted.value = dispatches.state
            or (wanted.value = 'failed' and dispatches.state in ('rejected', 'exhausted'))
            or (
                wanted.value = 'held' and dispatches.state in ('waiting', 'retrying')
                and coalesce(
                    json_extract(its.health, '$.paused'), json_extract(its.health, '$.off'),
                    json_extract(its.health, '$.probe_at')
                ) is not null
            )
        )
)

-- name: captures_target
exists (
    select 1
    from log.forwards as its
    cross join log.dispatches on dispatches.forward = its.number and dispatches.n = captures.id & 0xffffffffff
    cross join json_each(:p) as wanted
    where
        its.bin = (select spaces.bin from spaces where spaces.number = captures.id >> 40) and not its.deleted
        and json_extract(its.forward, '$.name') like wanted.value escape '\'
)

-- name: captures_after_n
captures.id & 0xffffffffff > :p

-- name: captures_before_n
captures.id & 0xffffffffff < :p

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
    select 1 from links join captures on captures.id = (messages.space << 40) + links.n
    where links.message = messages.id and words_match(coalesce(captures.text, ''), captures.words, :p)
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
    select 1 from links join captures on captures.id = (messages.space << 40) + links.n
    where links.message = messages.id and captures.role in (select value from json_each(:p))
)

-- name: messages_method
exists (
    select 1 from links join captures on captures.id = (messages.space << 40) + links.n
    where links.message = messages.id and captures.method in (select value from json_each(:p))
)

-- name: messages_has
messages.findings <> ''
and exists (
    select 1 from json_each(:p) where value = 'any' or instr(',' || messages.findings || ',', ',' || value || ',') > 0
)

-- name: messages_is
exists (
    select 1 from json_each(:p) cross join links
    join captures on captures.id = (messages.space << 40) + links.n
    left join annotations on annotations.id = captures.id
    where
        links.message = messages.id
        and case value when 'simulated' then captures.simulated else annotations.pinned end
)

-- name: messages_tag
exists (
    select 1 from links
    join annotations on annotations.id = (messages.space << 40) + links.n
    cross join json_each(:p)
    where links.message = messages.id and instr(',' || annotations.tags || ',', value) > 0
)

-- name: messages_note
exists (
    select 1 from links
    join annotations on annotations.id = (messages.space << 40) + links.n
    where links.message = messages.id and words_match(annotations.note, '', :p)
)

-- name: messages_signature
exists (
    select 1 from links join captures on captures.id = (messages.space << 40) + links.n
    where links.message = messages.id and captures.signature in (select value from json_each(:p))
)

-- name: messages_result
exists (
    select 1 from links join captures on captures.id = (messages.space << 40) + links.n
    where links.message = messages.id and captures.result in (select value from json_each(:p))
)

-- name: messages_forward
exists (
    select 1
    from links
    cross join log.forwards as its
        on its.bin = (select spaces.bin from spaces where spaces.number = messages.space) and not its.deleted
    cross join log.dispatches on dispatches.forward = its.number and dispatches.n = links.n
    cross join json_each(:p) as wanted
    where
        links.message = messages.id
        and (
            wanted.value = dispatches.state
            or (wanted.value = 'failed' and dispatches.state in ('rejected', 'exhausted'))
            or (
                wanted.value = 'held' and dispatches.state in ('waiting', 'retrying')
                and coalesce(
                    json_extract(its.health, '$.paused'), json_extract(its.health, '$.off'),
                    json_extract(its.health, '$.probe_at')
                ) is not null
            )
        )
)

-- name: messages_target
exists (
    select 1
    from links
    cross join log.forwards as its
        on its.bin = (select spaces.bin from spaces where spaces.number = messages.space) and not its.deleted
    cross join log.dispatches on dispatches.forward = its.number and dispatches.n = links.n
    cross join json_each(:p) as wanted
    where links.message = messages.id and json_extract(its.forward, '$.name') like wanted.value escape '\'
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
    select 1 from links join captures on captures.id = (messages.space << 40) + links.n
    where links.message = messages.id and captures.size >= :p
)

-- name: messages_size_to
exists (
    select 1 from links join captures on captures.id = (messages.space << 40) + links.n
    where links.message = messages.id and captures.size <= :p
)

-- name: drive_captures_from
select (parties.space << 40) + parties.n as id
from json_each(:p) cross join parties
where
    parties.space = :space and parties.recipient = 0
    and parties.number >= json_extract(value, '$[0]') and parties.number < json_extract(value, '$[1]')
limit :limit

-- name: drive_captures_to
select (parties.space << 40) + parties.n as id
from json_each(:p) cross join parties
where
    parties.space = :space and parties.recipient = 1
    and parties.number >= json_extract(value, '$[0]') and parties.number < json_extract(value, '$[1]')
limit :limit

-- name: drive_captures_id
select (:space << 40) + links.n as id
from json_each(:p) cross join messages cross join links on links.message = messages.id
where
    messages.space = :space and messages.message_id collate nocase >= json_extract(value, '$[0]')
    and messages.message_id collate nocase < json_extract(value, '$[1]')
union
select (:space << 40) + calls.n
from json_each(:p) cross join calls
where
    calls.space = :space and calls.call collate nocase >= json_extract(value, '$[0]')
    and calls.call collate nocase < json_extract(value, '$[1]')
limit :limit

-- name: drive_captures_status
select id from captures
where
    id > :space << 40 and id < (:space + 1) << 40
    and status in ('failed', 'undelivered', 'rejected', 'expired', 'canceled')
    and status in (select value from json_each(:p))
limit :limit

-- name: drive_captures_has
select id from captures where id > :space << 40 and id < (:space + 1) << 40 and findings <> '' limit :limit

-- name: drive_captures_is
select id from captures
where
    id > :space << 40 and id < (:space + 1) << 40 and simulated
    and exists (select 1 from json_each(:p) where value = 'simulated')
union all
select id from annotations
where
    id > :space << 40 and id < (:space + 1) << 40 and pinned
    and exists (select 1 from json_each(:p) where value = 'pinned')
limit :limit

-- name: drive_captures_tag
select id from annotations
where
    id > :space << 40 and id < (:space + 1) << 40
    and exists (select 1 from json_each(:p) where instr(',' || annotations.tags || ',', value) > 0)
limit :limit

-- name: drive_captures_note
select id from annotations
where id > :space << 40 and id < (:space + 1) << 40 and note <> '' and words_match(note, '', :p)
limit :limit

-- name: drive_captures_signature
select id from captures
where
    id > :space << 40 and id < (:space + 1) << 40
    and signature in ('valid_as', 'wrong_secret_or_changed', 'stale')
    and signature in (select value from json_each(:p))
limit :limit

-- name: drive_captures_forward
-- Those that are not delivered.
select id from (
    select (:space << 40) + dispatches.n as id
    from spaces cross join log.forwards as its on its.bin = spaces.bin and not its.deleted
    cross join log.dispatches indexed by dispatches_failed on dispatches.forward = its.number
    where spaces.number = :space and dispatches.state in ('rejected', 'exhausted')
    union all
    select (:space << 40) + dispatches.n
    from spaces cross join log.forwards as its on its.bin = spaces.bin and not its.deleted
    cross join log.dispatches indexed by dispatches_due on dispatches.forward = its.number
    where spaces.number = :space and dispatches.state in ('waiting', 'retrying')
) as found
limit :limit

-- name: drive_messages_from
select id from (
    select messages.id from json_each(:p) cross join messages
    where
        messages.space = :space and messages.theirs collate nocase >= json_extract(value, '$[0]')
        and messages.theirs collate nocase < json_extract(value, '$[1]')
    union all
    select messages.id
    from json_each(:p) cross join conversations
    cross join messages
        on messages.space = :space and messages.theirs collate nocase = conversations.theirs
        and messages.ours collate nocase = conversations.ours
    where
        conversations.space = :space and conversations.ours collate nocase >= json_extract(value, '$[0]')
        and conversations.ours collate nocase < json_extract(value, '$[1]')
) as found
limit :limit

-- name: drive_messages_id
select messages.id from json_each(:p) cross join messages
where
    messages.space = :space and messages.message_id collate nocase >= json_extract(value, '$[0]')
    and messages.message_id collate nocase < json_extract(value, '$[1]')
limit :limit

-- name: drive_messages_status
select id from messages where space = :space and status in (select value from json_each(:p)) limit :limit

-- name: drive_messages_has
select id from messages where id > :space << 40 and id < (:space + 1) << 40 and findings <> '' limit :limit

-- name: search_hits
-- The words have only letters and digits; the quotes prevent that one is read as an operator of FTS5.
select rowid as id from search
where search match (
    select 'scope : ' || :scope || ' AND ' || :columns || ' : (' || group_concat(
        '"' || trim(value) || '"' || case when value like '% ' then '' else ' *' end, ' OR '
    ) || ')'
    from json_each(:p)
)
order by rowid desc
limit :limit

-- name: messages_of_hits
-- And those of captures that are not indexed yet, up to the limit.
select (:space << 40) + its.value as id
from json_each(:hits) as hits join captures on captures.id = hits.value cross join json_each(captures.messages) as its
where its.value is not null
union
select * from (
    select distinct (:space << 40) + its.value
    from captures cross join json_each(captures.messages) as its
    where captures.id > :upto and captures.id < (:space + 1) << 40 and its.value is not null
    limit :limit
) as later
limit :limit

-- name: captures_driven
captures.id in (select value from json_each(:driven))

-- name: captures_driven_or_later
captures.id in (
    select value from json_each(:driven)
    union all
    select later.id from captures as later where later.id > :upto and later.id < (:upto >> 40) + 1 << 40
)

-- name: messages_driven
messages.id in (select value from json_each(:driven))
