-- How the fires above the cursor stand, as of the settlement that wrote it (docs/decisions/0020).
-- Stretches of the log, one after the other, as pairs of LEB128 numbers: how far the stretch goes
-- beyond the one before (the first: beyond 0), and 0 if its fires are settled or parked, else 1 +
-- how often they were delivered.
alter table delivery_cursor add column progress bytea not null default '';
