-- Who did what. It refers to no other table, because an entry is kept when what it is about is deleted.

create table audit_entries (
    number integer primary key autoincrement,
    id text not null unique,
    at integer not null,
    last_at integer not null,
    who text,
    via text not null,
    peer text,
    action text not null,
    bin text,
    bin_name text,
    -- A JSON object of texts.
    facts text not null,
    status integer,
    -- Null: the request is being handled, or smsbin stopped before it was.
    result text,
    times integer not null
) strict;
create index audit_entries_open on audit_entries (number) where result is null;
create index audit_entries_unknown on audit_entries (number) where who is null;
