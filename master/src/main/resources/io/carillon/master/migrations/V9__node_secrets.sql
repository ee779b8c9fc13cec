-- SHA-256 in hex of the secret that proves that a process is this node; empty: the next
-- registration binds it.
alter table node add column secret_hash varchar(64) not null default '';
