-- name: fill_probe
insert into probe (id, bytes) values (1, decode(repeat('00', cast(:size as int)), 'hex'))
on conflict (id) do update set bytes = excluded.bytes
