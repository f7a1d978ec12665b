-- Which program of the user answers the requests of a role, as JSON.
create table wiretaps (
    bin integer not null references bins (number),
    role text not null,
    wiretap text not null,
    primary key (bin, role)
) strict, without rowid;
