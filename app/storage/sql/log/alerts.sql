-- name: add_alert
insert into alerts (id, bin, made_at, alert, state, secret, position)
select :id, bins.number, :made_at, :alert, :state, :secret, min(coalesce(:position, bins.last_n), bins.last_n)
from bins
where bins.id = :bin_id and not bins.deleted

-- name: set_alert
update alerts
set
    alert = :alert, state = :state, secret = :secret, edition = edition + 1,
    position = case
        when :restart then (select bins.last_n from bins where bins.number = alerts.bin) else position
    end
where id = :id and edition = :edition

-- name: alert_to_mark
select alerts.number
from alerts join bins on bins.number = alerts.bin
where alerts.id = :id and not bins.deleted

-- name: mark_alert
-- Unless another server has written since this edition.
update alerts
set state = :state, position = max(position, :position), edition = edition + 1
where number = :alert and edition = :edition

-- name: add_alert_notice
insert or ignore into alert_notices (alert, number, notice) values (:alert, :number, :notice)

-- name: add_alert_delivery
-- A target that does not answer gets no endless queue.
insert or ignore into alert_deliveries (alert, number, target, state, tries, due_at, status, error)
select
    :alert, :number, :target, case when waiting.many then 'exhausted' else :state end, :tries,
    case when waiting.many then null else cast(:due_at as integer) end, cast(:status as integer),
    case when waiting.many then 'not sent: too many notices wait for this target' else :error end
from (
    select :state in ('waiting', 'retrying') and count(*) >= :most as many
    from alert_deliveries
    where alert = :alert and target = :target and state in ('waiting', 'retrying')
) as waiting

-- name: set_alert_delivery
update alert_deliveries
set state = :state, tries = :tries, due_at = :due_at, status = :status, error = :error
where alert = :alert and target = :target and number = :number

-- name: forget_alert_deliveries
delete from alert_deliveries
where
    alert = :alert and number <= :upto
    and not exists (
        select 1 from alert_deliveries as other
        where
            other.alert = alert_deliveries.alert and other.number = alert_deliveries.number
            and other.state in ('waiting', 'retrying')
    )

-- name: forget_alert_notices
delete from alert_notices
where
    alert = :alert and number <= :upto
    and not exists (
        select 1 from alert_deliveries as its
        where its.alert = alert_notices.alert and its.number = alert_notices.number
    )

-- name: drop_alert_deliveries
delete from alert_deliveries where alert = :alert

-- name: drop_alert_notices
delete from alert_notices where alert = :alert

-- name: drop_alert
delete from alerts where number = :alert

-- name: list_alerts
-- `bin` null: of all bins.
select bins.id as bin_id, bins.name as bin_name, alerts.*
from alerts join bins on bins.number = alerts.bin
where not bins.deleted and (cast(:bin as text) is null or bins.id = :bin)
order by alerts.number

-- name: get_alert
select bins.id as bin_id, bins.name as bin_name, alerts.*
from alerts join bins on bins.number = alerts.bin
where alerts.id = :id and not bins.deleted

-- name: alert_notices
-- Newest first.
select alert_notices.number, alert_notices.notice
from alerts cross join alert_notices on alert_notices.alert = alerts.number
where alerts.id = :id and alert_notices.number < :before
order by alert_notices.number desc
limit :limit

-- name: alert_deliveries
select alerts.id as alert_id, its.*
from alerts cross join alert_deliveries as its on its.alert = alerts.number
where alerts.id = :id and its.number >= :first and its.number <= :last

-- name: due_alert_deliveries
-- To one target one after the other, in the order of the notices; a test does not wait.
select alerts.id as alert_id, alert_notices.notice, its.*
from alert_deliveries as its indexed by alert_deliveries_due
cross join alerts on alerts.number = its.alert
cross join bins on bins.number = alerts.bin and not bins.deleted
cross join alert_notices on alert_notices.alert = its.alert and alert_notices.number = its.number
where
    its.state in ('waiting', 'retrying')
    and (
        json_extract(alert_notices.notice, '$.kind') = 'test'
        or not exists (
            select 1 from alert_deliveries as earlier
            where
                earlier.alert = its.alert and earlier.target = its.target and earlier.number < its.number
                and earlier.state in ('waiting', 'retrying')
        )
    )
order by its.due_at nulls first, its.number
limit :limit

-- name: erase_alert_deliveries
delete from alert_deliveries where alert in (select number from alerts where bin = :bin)

-- name: erase_alert_notices
delete from alert_notices where alert in (select number from alerts where bin = :bin)

-- name: erase_alerts
delete from alerts where bin = :bin
