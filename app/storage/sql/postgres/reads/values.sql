-- name: party_values
-- Each step of the recursion finds the next number in the index, however many captures the last one has.
with recursive found (number, until) as (
    select beginning.number, ranges.high
    from smsbin_ledger.ranges_of(cast(:ranges as text[])) as ranges
    cross join lateral (
        select parties.number from parties
        where
            parties.space = :space and parties.recipient = :recipient
            and lower(left(parties.number, 200)) >= ranges.low and lower(left(parties.number, 200)) <= ranges.high
        order by lower(left(parties.number, 200))
        limit 1
    ) as beginning
    union all
    select following.number, found.until
    from found
    cross join lateral (
        select parties.number from parties
        where
            parties.space = :space and parties.recipient = :recipient
            and lower(left(parties.number, 200)) > lower(left(found.number, 200))
            and lower(left(parties.number, 200)) <= found.until
        order by lower(left(parties.number, 200))
        limit 1
    ) as following
)
select number as value from found limit :limit

-- name: id_values
select value from (
    select beginning.message_id as value
    from smsbin_ledger.ranges_of(cast(:ranges as text[])) as ranges
    cross join lateral (
        select messages.message_id from messages
        where
            messages.space = :space
            and lower(left(messages.message_id, 200)) >= ranges.low
            and lower(left(messages.message_id, 200)) <= ranges.high
        order by lower(left(messages.message_id, 200))
        limit :limit
    ) as beginning
    limit :limit
) as of_messages
union all
select value from (
    with recursive found (id, until) as (
        select beginning.call, ranges.high
        from smsbin_ledger.ranges_of(cast(:ranges as text[])) as ranges
        cross join lateral (
            select calls.call from calls
            where
                calls.space = :space
                and lower(left(calls.call, 200)) >= ranges.low and lower(left(calls.call, 200)) <= ranges.high
            order by lower(left(calls.call, 200))
            limit 1
        ) as beginning
        union all
        select following.call, found.until
        from found
        cross join lateral (
            select calls.call from calls
            where
                calls.space = :space
                and lower(left(calls.call, 200)) > lower(left(found.id, 200))
                and lower(left(calls.call, 200)) <= found.until
            order by lower(left(calls.call, 200))
            limit 1
        ) as following
    )
    select id as value from found limit :limit
) as of_calls
limit :limit
