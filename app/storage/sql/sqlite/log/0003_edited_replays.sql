-- Whether a request was changed before it was sent again.
alter table attempts add column edited integer not null default 0;
