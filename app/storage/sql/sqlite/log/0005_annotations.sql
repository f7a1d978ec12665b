-- What users wrote about captures, as it is now: pin, note and tags of capture n. `a` is the number of the last change
-- of it in the bin; the ledger follows these numbers. A row that was emptied stays, so that the ledger follows that too.
alter table bins add column last_a integer not null default 0;
create table annotations (
    bin integer not null references bins (number),
    n integer not null,
    a integer not null,
    pinned integer not null,
    note text not null,
    -- In alphabetical order, comma-separated.
    tags text not null,
    primary key (bin, n)
) strict, without rowid;
create unique index annotations_by_change on annotations (bin, a);
