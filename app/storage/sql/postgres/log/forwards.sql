-- The index has a digest of the message, because a key of an index cannot be long.

-- name: release_next
update dispatches set due_at = :now
where
    forward = :forward and n = (
        select n from dispatches
        where
            forward = :forward and md5(message) = md5(:message) and message = :message
            and state in ('waiting', 'retrying')
        order by n
        limit 1
    )
    and state = 'waiting' and due_at > :now

-- name: open_messages
select distinct dispatches.message
from forwards
join dispatches on dispatches.forward = forwards.number
where
    forwards.id = :forward and dispatches.state in ('waiting', 'retrying')
    and md5(dispatches.message) in (select md5(value) from unnest(cast(:messages as text[])) as wanted (value))
    and dispatches.message = any(cast(:messages as text[]))
