-- Filters that users have saved in a bin, in the order of `place`. Other data refers to a filter by its id.
create table saved_filters (
    bin integer not null references bins (number),
    id text not null,
    place integer not null,
    name text not null collate nocase,
    filter text not null,
    saved_at integer not null,
    primary key (bin, id)
) strict, without rowid;
