-- How the captures of a bin are parsed. Each change is also a request to parse the bin again.

-- The bin's own field mapping, as JSON.
create table mappings (
    bin integer not null references bins (number),
    mapping text not null,
    primary key (bin)
) strict, without rowid;

-- Secrets with which signatures are checked. `scheme` null: any. `secret` may be encrypted; `hash` identifies it.
create table secrets (
    bin integer not null references bins (number),
    label text not null,
    scheme text,
    secret text not null,
    hash text not null,
    added_at integer not null,
    primary key (bin, label)
) strict, without rowid;
