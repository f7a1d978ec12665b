-- Named tokens, of which only the hash is stored.
create table tokens (
    id text primary key,
    hash text not null unique,
    name text not null unique,
    role text not null,
    -- The ids of the bins that it is for, as a JSON list; null: all.
    bins text,
    made_at integer not null,
    expires_at integer,
    used_at integer
) strict, without rowid;

-- The browser that signed in, and its address.
alter table sessions add column agent text not null default '';
alter table sessions add column peer text not null default '';
