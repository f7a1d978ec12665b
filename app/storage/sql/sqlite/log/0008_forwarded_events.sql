-- Forwards that send events: which of a capture have arrived while others have not, and which one an attempt has sent.

-- A JSON array of positions; null: none.
alter table dispatches add column arrived text;

-- Null: the request itself was sent.
alter table attempts add column event integer;
