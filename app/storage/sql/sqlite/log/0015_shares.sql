-- Share links. They refer to no bin, because the link of a deleted bin is still answered as one that has ended.

create table shares (
    number integer primary key autoincrement,
    id text not null unique,
    hash text not null unique,
    bin text not null,
    -- What it is for, as JSON; null: it has ended.
    part text,
    masked integer not null,
    made_by text not null,
    made_at integer not null,
    expires_at integer not null,
    -- When it was revoked, or was found to have expired.
    ended_at integer,
    views integer not null default 0,
    viewed_at integer
) strict;
