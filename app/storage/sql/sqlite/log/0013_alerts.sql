-- Conditions on the captures of a bin, and their notices.

create table alerts (
    number integer primary key autoincrement,
    id text not null unique,
    bin integer not null references bins (number),
    made_at integer not null,
    -- The settings and the state, as JSON.
    alert text not null,
    state text not null,
    -- With which webhooks are signed by Standard Webhooks; may be encrypted.
    secret text,
    -- Captures up to this number have been processed.
    position integer not null
) strict;
create index alerts_by_bin on alerts (bin);

-- The last notices of an alert: without any content of a capture, as JSON.
create table alert_notices (
    alert integer not null references alerts (number),
    number integer not null,
    notice text not null,
    primary key (alert, number)
) strict, without rowid;

-- A notice on its way to a target: written before it is sent.
create table alert_deliveries (
    alert integer not null references alerts (number),
    number integer not null,
    target text not null,
    state text not null,
    tries integer not null,
    due_at integer,
    status integer,
    error text,
    primary key (alert, target, number)
) strict, without rowid;
create index alert_deliveries_due on alert_deliveries (due_at) where state in ('waiting', 'retrying');
