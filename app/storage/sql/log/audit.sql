-- name: add_audit_entry
insert into audit_entries (id, at, last_at, who, via, peer, action, bin, bin_name, facts, status, result, times)
values (:id, :at, :last_at, :who, :via, :peer, :action, :bin, :bin_name, :facts, :status, :result, :times)

-- name: set_audit_entry
update audit_entries
set
    last_at = :last_at, who = :who, via = :via, action = :action, bin = :bin, bin_name = :bin_name, facts = :facts,
    status = :status, result = :result, times = :times
where id = :id

-- name: audit_entries_before
select * from audit_entries
where
    number < :before
    and (cast(:who as text) is null or who = :who)
    and (cast(:action as text) is null or action = :action or instr(action, :action || '.') = 1)
    and (cast(:bin as text) is null or bin = :bin)
    and (cast(:result as text) is null or result = :result)
    and (cast(:since as integer) is null or at >= :since)
    and (cast(:until as integer) is null or at < :until)
order by number desc
limit :limit

-- name: audit_entries_after
-- A reader that continues after the last number must not pass an entry that is still going to change.
select * from audit_entries
where
    number > :after
    and number < coalesce((select min(number) from audit_entries where result is null and at >= :handled), number + 1)
    and (cast(:who as text) is null or who = :who)
    and (cast(:action as text) is null or action = :action or instr(action, :action || '.') = 1)
    and (cast(:bin as text) is null or bin = :bin)
    and (cast(:result as text) is null or result = :result)
    and (cast(:since as integer) is null or at >= :since)
    and (cast(:until as integer) is null or at < :until)
order by number
limit :limit

-- name: oldest_audit_entries
select number, at from audit_entries order by number limit :limit

-- name: count_audit_entries
select count(*) from audit_entries

-- name: count_unknown_audit_entries
select count(*) from audit_entries where who is null

-- name: erase_audit_entries
delete from audit_entries where number <= :number

-- name: erase_unknown_audit_entries
delete from audit_entries
where number in (select number from audit_entries where who is null order by number limit :limit)
