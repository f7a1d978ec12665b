-- Only in a backup: the results of reconciliations, which are files of their own.
create table result_files (
    number integer primary key,
    name text not null unique,
    bytes blob not null
) strict;
