-- Texts are compared in memory (`storage/echoes.py`): an index of their fingerprints has every message land on a page of
-- its own.
drop index messages_by_echo;
alter table messages drop column echo;
