-- The right to do a work that only one of the servers does at a time. `holder`: the opening of the store that has it, up
-- to `until` by the clock of the database.

create table leases (
    name text collate "C" primary key,
    holder text collate "C" not null,
    until timestamptz not null
);
