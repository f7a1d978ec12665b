-- Values that the keys of a filter have in a space, for completion. Each query reads a bounded number of rows.

-- name: recent_values
select value, count(*) as found
from (
    select
        case :key
            when 'from' then sender
            when 'to' then recipient
            when 'id' then message_id
            when 'status' then status
            when 'role' then role
            when 'kind' then kind
            when 'provider' then provider
            when 'method' then method
            when 'has' then nullif(findings, '')
            when 'is' then case when simulated then 'simulated' end
            when 'signature' then signature
            when 'result' then result
        end as value
    from captures
    where
        id > ((select space from bins where number = :bin) << 40)
        and id < ((select space from bins where number = :bin) + 1) << 40
    order by id desc
    limit :among
) as newest
where value is not null
group by value
order by found desc, value

-- name: recent_tags
select tags as value, count(*) as found
from (
    select tags from annotations
    where
        id > ((select space from bins where number = :bin) << 40)
        and id < ((select space from bins where number = :bin) + 1) << 40
    order by id desc
    limit :among
) as newest
where tags <> ''
group by tags

-- name: party_values
-- Each step of the recursion finds the next number in the index, however many captures the last one has.
with recursive found (number, until) as (
    select
        (
            select parties.number from parties
            where
                parties.space = :space and parties.recipient = :recipient
                and parties.number >= json_extract(ranges.value, '$[0]')
                and parties.number < json_extract(ranges.value, '$[1]')
            order by parties.number
            limit 1
        ),
        json_extract(ranges.value, '$[1]')
    from json_each(:ranges) as ranges
    union all
    select
        (
            select parties.number from parties
            where
                parties.space = :space and parties.recipient = :recipient
                and parties.number > found.number and parties.number < found.until
            order by parties.number
            limit 1
        ),
        found.until
    from found where found.number is not null
    limit :limit
)
select number as value from found where number is not null

-- name: id_values
select value from (
    select distinct messages.message_id as value
    from json_each(:ranges) as ranges cross join messages
    where
        messages.space = :space and messages.message_id collate nocase >= json_extract(ranges.value, '$[0]')
        and messages.message_id collate nocase < json_extract(ranges.value, '$[1]')
    limit :limit
) as of_messages
union all
select value from (
    with recursive found (id, until) as (
        select
            (
                select calls.call from calls
                where
                    calls.space = :space and calls.call collate nocase >= json_extract(ranges.value, '$[0]')
                    and calls.call collate nocase < json_extract(ranges.value, '$[1]')
                order by calls.call collate nocase
                limit 1
            ),
            json_extract(ranges.value, '$[1]')
        from json_each(:ranges) as ranges
        union all
        select
            (
                select calls.call from calls
                where
                    calls.space = :space and calls.call collate nocase > found.id
                    and calls.call collate nocase < found.until
                order by calls.call collate nocase
                limit 1
            ),
            found.until
        from found where found.id is not null
        limit :limit
    )
    select id as value from found where id is not null
) as of_calls
limit :limit
