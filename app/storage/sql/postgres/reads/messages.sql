-- An offset in a subquery makes the planner look up each row of `changes` in their order: it cannot know that most of
-- them are the last change of a message, and would sort all. The same is why `coalesce` hides a condition from it: until
-- a table was analyzed, it expects that almost no row has a value.

-- name: list_messages
select messages.*
from changes
cross join lateral (
    select messages.* from messages
    where messages.id = (changes.space << 40) + changes.ref and messages.seq = changes.seq
    offset 0
) as messages
where
    changes.space = (select space from bins where number = :bin) and coalesce(changes.what = 2, false)
    and changes.seq < :before
    /* filter */
order by changes.seq desc
limit :limit

-- name: pace
select messages.first_at, messages.final_at, messages.status
from changes
cross join lateral (
    select messages.* from messages
    where messages.id = (changes.space << 40) + changes.ref and messages.seq = changes.seq
    offset 0
) as messages
where
    changes.space = (select space from bins where number = :bin) and coalesce(changes.what = 2, false)
    and messages.direction = 'outbound'
order by changes.seq desc
limit :limit
