-- name: add_claims
insert into claims (bin) select * from unnest(cast(:bins as bigint[])) on conflict do nothing

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
