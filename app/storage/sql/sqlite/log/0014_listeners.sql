-- Programs that get the captures of a bin over a WebSocket, each from its own cursor.

create table listeners (
    bin integer not null references bins (number),
    name text not null,
    made_at integer not null,
    -- When it was connected last.
    seen_at integer not null,
    -- Captures up to this number are acknowledged, or do not match.
    cursor integer not null,
    -- Those after it that were sent, and the last result, as JSON.
    sent text not null,
    last text,
    primary key (bin, name)
) strict, without rowid;

-- The name of the listener whose program answered the attempt (null: smsbin sent it).
alter table attempts add column listener text;
