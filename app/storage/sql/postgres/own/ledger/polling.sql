-- name: all_seqs
-- The newest change of each bin that readers see.
select bins.id, spaces.last_seq from bins join spaces on spaces.number = bins.space

-- name: passed_number
-- The number up to which the ledger has the captures of a bin, also in a space that is being built. Null: nothing.
select min(n) from spaces where bin = :bin and state <> 'gone'
