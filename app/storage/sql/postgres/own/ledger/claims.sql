-- name: add_claims
-- A row that another follower inserts at this moment would be waited for until its transaction ends, so there is a lock
-- that can be tried. The first number is any that no other program uses.
insert into claims (bin)
select missing.bin from unnest(cast(:bins as bigint[])) as missing (bin)
where pg_try_advisory_xact_lock(730580341, cast(missing.bin as int))
on conflict do nothing

-- name: claim_bins
-- Those of the bins that no other follower has, until the end of the transaction.
select bin from claims
where bin = any(cast(:bins as bigint[]))
order by bin
limit :limit
for update skip locked

-- name: release
-- Whose followers write the ledger.
select release from log.meta
