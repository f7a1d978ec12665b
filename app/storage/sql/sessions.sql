-- name: add_session
insert into sessions (hash, token_hash, created_at, seen_at) values (:hash, :token_hash, :created_at, :seen_at)

-- name: find_session
select hash, token_hash, created_at, seen_at from sessions where hash = :hash

-- name: touch_session
update sessions set seen_at = :seen_at where hash = :hash

-- name: drop_session
delete from sessions where hash = :hash

-- name: drop_sessions
delete from sessions where token_hash <> :token_hash or seen_at < :seen_before
