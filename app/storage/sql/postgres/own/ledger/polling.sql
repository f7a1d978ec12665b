-- name: all_seqs
-- The newest change of each bin that readers see.
select bins.id, spaces.last_seq from bins join spaces on spaces.number = bins.space
