alter table forwards add column verdicts_position bigint not null default 0;
alter table forwards add column stuck_position bigint not null default 0;
update forwards set verdicts_position = position, stuck_position = position;
alter table dispatches add column later text collate "C";
alter table dispatches add column later_only boolean not null default false;
alter table attempts add column follow_up text collate "C";
