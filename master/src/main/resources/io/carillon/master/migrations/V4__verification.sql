-- How far the ledger was checked against the revisions: all that was due up to verified_time, for revisions up to verified_version.
create table verification (
  partition        int primary key,
  verified_time    bigint not null,
  verified_version bigint not null,
  -- Nominal times that were checked, and those of them that were missing, double, early, or owed by nobody.
  checked          bigint not null,
  gaps             bigint not null
);
/* [jooq ignore start] */
insert into verification (partition, verified_time, verified_version, checked, gaps) select id, 0, 0, 0, 0 from partition_state;
-- Skipped runs that reach into a time from before it.
create index fire_run on fire (last_nominal) where skip_reason <> 0;
/* [jooq ignore stop] */
