-- name: changes_after
-- The planner must know that there is one space, to read its changes in their order.
select
    changes.seq as change_seq, changes.what, changes.ref as change_ref, changes.name as change_name, spaces.first_seq,
    spaces.last_seq, captures.*
from changes
join spaces on spaces.number = changes.space
left join messages on changes.what = 2 and messages.id = (changes.space << 40) + changes.ref
left join capture_rows as captures on changes.what < 2 and captures.id = (changes.space << 40) + changes.ref
where
    changes.space = (select space from bins where number = :bin) and changes.seq > :after
    and (changes.what <> 2 or messages.seq = changes.seq)
    and (changes.what >= 2 or captures.id is not null)
order by changes.seq
limit :limit
