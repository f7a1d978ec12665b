-- name: probe
update bins set last_seq = last_seq where number = (select min(number) from bins)
