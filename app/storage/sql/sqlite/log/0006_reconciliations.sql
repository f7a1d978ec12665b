-- What a reconciliation needs to know: when requests could not be stored or would not reach a bin.

-- The latest time at which this run was seen running; for a run that crashed, its last trusted time.
alter table runs add column seen_at integer;
-- The last change of the capture key.
alter table bins add column key_changed_at integer;

-- How the files of a bin's provider are read if their columns are not known, as JSON.
create table record_mappings (
    bin integer not null references bins (number),
    mapping text not null,
    primary key (bin)
) strict, without rowid;
