-- name: add_to_interval_counts
insert into interval_counts (space, unit, at, ok, failed, odd) values (?, ?, ?, ?, ?, ?)
on conflict (space, unit, at) do update set
    ok = interval_counts.ok + excluded.ok, failed = interval_counts.failed + excluded.failed, odd = interval_counts.odd + excluded.odd

-- name: forget_empty_interval_counts
delete from interval_counts
where space = ? and unit = ? and at = ? and ok = 0 and failed = 0 and odd = 0

-- name: add_to_source_counts
insert into source_counts (space, unit, at, role, provider, ok, failed, odd) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (space, unit, at, role, provider) do update set
    ok = source_counts.ok + excluded.ok, failed = source_counts.failed + excluded.failed, odd = source_counts.odd + excluded.odd

-- name: forget_empty_source_counts
delete from source_counts
where
    space = ? and unit = ? and at = ? and role = ? and provider = ?
    and ok = 0 and failed = 0 and odd = 0

-- name: add_to_failure_counts
insert into failure_counts (space, unit, at, provider, code, messages) values (?, ?, ?, ?, ?, ?)
on conflict (space, unit, at, provider, code) do update set messages = failure_counts.messages + excluded.messages

-- name: forget_empty_failure_counts
delete from failure_counts
where space = ? and unit = ? and at = ? and provider = ? and code = ? and messages = 0

-- name: add_to_final_counts
insert into final_counts (space, unit, at, bucket, messages) values (?, ?, ?, ?, ?)
on conflict (space, unit, at, bucket) do update set messages = final_counts.messages + excluded.messages

-- name: forget_empty_final_counts
delete from final_counts where space = ? and unit = ? and at = ? and bucket = ? and messages = 0

-- name: add_to_pairing_counts
insert into pairing_counts (space, unit, at, verdict, pairs) values (?, ?, ?, ?, ?)
on conflict (space, unit, at, verdict) do update set pairs = pairing_counts.pairs + excluded.pairs

-- name: forget_empty_pairing_counts
delete from pairing_counts where space = ? and unit = ? and at = ? and verdict = ? and pairs = 0

-- name: erase_space_intervals
delete from interval_counts where (space, unit, at) in (
    select space, unit, at from interval_counts where space = :space limit :limit
)

-- name: erase_space_sources
delete from source_counts where (space, unit, at, role, provider) in (
    select space, unit, at, role, provider from source_counts where space = :space limit :limit
)

-- name: erase_space_failures
delete from failure_counts where (space, unit, at, provider, code) in (
    select space, unit, at, provider, code from failure_counts where space = :space limit :limit
)

-- name: erase_space_finals
delete from final_counts where (space, unit, at, bucket) in (
    select space, unit, at, bucket from final_counts where space = :space limit :limit
)

-- name: erase_space_pairings
delete from pairing_counts where (space, unit, at, verdict) in (
    select space, unit, at, verdict from pairing_counts where space = :space limit :limit
)
