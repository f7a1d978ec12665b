-- Incremented by each change that the answer to a capture, or what is stored of it, depends on.
alter table bins add column answer_version integer not null default 0;
