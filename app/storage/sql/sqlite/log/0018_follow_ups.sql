-- What follows from a capture later: the verdict about a fallback, or that its message is stuck.

-- Every capture up to these numbers was looked at for it. Forwards that are there begin where they are.
alter table forwards add column verdicts_position integer not null default 0;
alter table forwards add column stuck_position integer not null default 0;
update forwards set verdicts_position = position, stuck_position = position;

-- What is still to be sent of it: `{event}.{name}.{microseconds}`, with a blank in between; null: nothing.
-- `later_only`: nothing else.
alter table dispatches add column later text;
alter table dispatches add column later_only integer not null default 0;

-- The name of what followed from the event, and was sent; null: the event itself was.
alter table attempts add column follow_up text;
