-- What a bin masks where it is shown, and what it never stores, as JSON.
create table privacy (
    bin integer primary key references bins (number),
    settings text not null
) strict;

-- What was replaced in a request before it was stored, as JSON; null: nothing.
alter table captures add column withheld text;
