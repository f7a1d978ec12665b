-- name: add_token
insert into tokens (id, hash, name, role, bins, made_at, expires_at)
values (:id, :hash, :name, :role, :bins, :made_at, :expires_at)

-- name: list_tokens
select * from tokens order by made_at, id

-- name: find_token
select * from tokens where hash = :hash

-- name: touch_token
update tokens set used_at = :used_at where id = :id

-- name: drop_token
delete from tokens where id = :id

-- name: drop_sessions_of_token
delete from sessions where token_hash = (select hash from tokens where id = :id)

-- name: add_session
insert into sessions (hash, token_hash, created_at, seen_at, agent, peer)
values (:hash, :token_hash, :created_at, :seen_at, :agent, :peer)

-- name: find_session
select * from sessions where hash = :hash

-- name: list_sessions
select * from sessions order by seen_at desc, hash limit :limit

-- name: touch_session
update sessions set seen_at = :seen_at where hash = :hash

-- name: drop_session
delete from sessions where hash = :hash

-- name: drop_sessions
delete from sessions
where (token_hash <> :token_hash and token_hash not in (select hash from tokens)) or seen_at < :seen_before
