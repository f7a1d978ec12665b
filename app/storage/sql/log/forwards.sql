-- name: add_forward
insert into forwards (
    id, bin, made_at, forward, health, secret, position, verdicts_position, stuck_position
)
select
    :id, bins.number, :made_at, :forward, :health, :secret, min(coalesce(:position, bins.last_n), bins.last_n),
    min(coalesce(:position, bins.last_n), bins.last_n), min(coalesce(:position, bins.last_n), bins.last_n)
from bins
where bins.id = :bin_id and not bins.deleted

-- name: set_forward
update forwards
set
    forward = :forward, health = :health, secret = :secret, edition = edition + 1,
    verdicts_position = case when :skips then position else verdicts_position end,
    stuck_position = case when :skips then position else stuck_position end
where id = :id and not deleted

-- name: drop_forward
update forwards set deleted = true where id = :id and not deleted

-- name: forward_to_mark
select forwards.number, forwards.bin, bins.floor_n, forwards.verdicts_position, forwards.stuck_position
from forwards join bins on bins.number = forwards.bin
where forwards.id = :id and not forwards.deleted and not bins.deleted

-- name: mark_forward
update forwards
set
    health = coalesce(case when edition = :edition then cast(:health as text) end, health),
    position = max(position, coalesce(:position, position)), delivered = delivered + :delivered,
    verdicts_position = max(verdicts_position, coalesce(:verdicts_position, verdicts_position)),
    stuck_position = max(stuck_position, coalesce(:stuck_position, stuck_position))
where number = :number

-- name: count_requeued
update forwards set requeued = requeued + 1 where number = :number

-- name: set_dispatch
insert into dispatches (
    forward, n, state, tries, step, due_at, status, message, trigger, arrived, later, later_only
)
values (
    :forward, :n, :state, :tries, :step, :due_at, :status, :message, :trigger, :arrived, :later, :later_only
)
on conflict (forward, n) do update set
    state = excluded.state, tries = excluded.tries, step = excluded.step, due_at = excluded.due_at,
    status = excluded.status, trigger = excluded.trigger, arrived = excluded.arrived, later = excluded.later,
    later_only = excluded.later_only

-- name: add_later
-- What has arrived is not sent again, and what has failed gets a new schedule.
insert into dispatches (forward, n, state, tries, step, due_at, message, trigger, later, later_only)
values (:forward, :n, 'waiting', 0, 0, :now, :message, 'first', :later, true)
on conflict (forward, n) do update set
    state = case
        when dispatches.state in ('waiting', 'retrying') then dispatches.state
        when dispatches.state = 'delivered' then 'waiting'
        else 'retrying'
    end,
    step = case when dispatches.state in ('waiting', 'retrying') then dispatches.step else 0 end,
    due_at = case when dispatches.state in ('waiting', 'retrying') then dispatches.due_at else excluded.due_at end,
    trigger = case when dispatches.state = 'delivered' then excluded.trigger else dispatches.trigger end,
    later = coalesce(dispatches.later || ' ', '') || excluded.later,
    later_only = dispatches.later_only or dispatches.state = 'delivered'

-- name: release_next
-- The next request of a message may be sent now.
update dispatches set due_at = :now
where
    forward = :forward and n = (
        select n from dispatches indexed by dispatches_of_message
        where forward = :forward and message = :message and state in ('waiting', 'retrying') and message is not null
        order by n
        limit 1
    )
    and state = 'waiting' and due_at > :now

-- name: retry_dispatches
update dispatches
set
    state = 'retrying', step = case when :restart then 0 else step end, due_at = :now, trigger = :trigger
where
    forward = :forward and n in (
        select n from dispatches
        where
            forward = :forward and n >= :first and n <= :last and state in (select value from json_each(:states))
            and (due_at is null or due_at > :now)
            and (cast(:lowest as integer) is null or status >= :lowest)
            and (cast(:highest as integer) is null or status <= :highest)
        order by n
        limit :limit
    )

-- name: list_forwards
-- `bin` null: of all bins.
select bins.id as bin_id, bins.last_n, forwards.*
from forwards join bins on bins.number = forwards.bin
where not forwards.deleted and not bins.deleted and (cast(:bin as text) is null or bins.id = :bin)
order by forwards.number

-- name: get_forward
select bins.id as bin_id, bins.last_n, forwards.*
from forwards join bins on bins.number = forwards.bin
where forwards.id = :id and not forwards.deleted and not bins.deleted

-- name: dispatch_counts
select
    (
        select count(*) from dispatches indexed by dispatches_due
        where forward = forwards.number and state in ('waiting', 'retrying')
    ) as open,
    (
        select count(*) from dispatches indexed by dispatches_failed
        where forward = forwards.number and state in ('rejected', 'exhausted')
    ) as failed,
    (
        select min(due_at) from dispatches indexed by dispatches_due
        where forward = forwards.number and state in ('waiting', 'retrying')
    ) as due_at
from forwards
where forwards.id = :forward

-- name: open_dispatches
-- The earliest due first.
select dispatches.*
from forwards cross join dispatches indexed by dispatches_due on dispatches.forward = forwards.number
where forwards.id = :forward and dispatches.state in ('waiting', 'retrying')
order by dispatches.due_at nulls first
limit :limit

-- name: first_open_dispatch
-- The one with the lowest number.
select dispatches.*
from forwards cross join dispatches on dispatches.forward = forwards.number
where forwards.id = :forward and dispatches.state in ('waiting', 'retrying')
order by dispatches.n
limit 1

-- name: dispatches_with_numbers
select dispatches.*
from forwards cross join json_each(:ns) as ns
cross join dispatches on dispatches.forward = forwards.number and dispatches.n = ns.value
where forwards.id = :forward

-- name: dispatches_of_captures
select forwards.id as forward_id, dispatches.*
from forwards cross join json_each(:ns) as ns
cross join dispatches on dispatches.forward = forwards.number and dispatches.n = ns.value
where forwards.bin = :bin and not forwards.deleted
order by forwards.number, dispatches.n

-- name: open_messages
-- Those of the messages that have a request with a next attempt.
select distinct dispatches.message
from forwards cross join json_each(:messages) as wanted
cross join dispatches indexed by dispatches_of_message
    on dispatches.forward = forwards.number and dispatches.message = wanted.value
where
    forwards.id = :forward and dispatches.state in ('waiting', 'retrying') and dispatches.message is not null

-- name: last_dispatches
select dispatches.*
from forwards cross join dispatches on dispatches.forward = forwards.number
where forwards.id = :forward
order by dispatches.n desc
limit :limit

-- name: expire_dispatches
-- Those that are erased with their captures before they had arrived; captures that the forward has not looked at are
-- counted as well.
update forwards
set
    expired = expired + (
        select count(*) from captures
        where captures.id > (:bin << 40) + max(position, :after) and captures.id <= (:bin << 40) + :upto
    ) + (
        select count(*) from dispatches
        where
            dispatches.forward = forwards.number and dispatches.n > :after and dispatches.n <= :upto
            and dispatches.state in ('waiting', 'retrying')
    )
where forwards.bin = :bin and not forwards.deleted

-- name: erase_dispatches
delete from dispatches
where forward in (select number from forwards where bin = :bin) and n > :after and n <= :upto

-- name: deleted_forwards
select number from forwards where deleted

-- name: erase_dispatches_of
delete from dispatches
where forward = :forward and n in (select n from dispatches where forward = :forward order by n limit :limit)

-- name: erase_forward
delete from forwards where number = :forward

-- name: erase_forwards
delete from forwards where bin = :bin
