-- Fires that no clock node pushed, written in the statement that records them: those that a client
-- triggered by hand (kind 1), which the log is checked against, and scheduled ones (kind 0) that
-- the log lacked and that the leader made up for.
create table fire_note (
  nominal_time bigint not null,
  schedule_num bigint not null,
  kind         smallint not null,
  primary key (nominal_time, schedule_num, kind)
);

-- Who owned a partition under which epoch: from when it was recorded so far, and in the rows of the
-- log with a seq above this one, until the next epoch begins. node_id null: nobody.
create table partition_owner (
  partition       int not null,
  epoch           bigint not null,
  node_id         varchar(100),
  watermark       bigint not null,
  applied_version bigint not null,
  seq             bigint not null,
  primary key (partition, epoch)
);
/* [jooq ignore start] */
insert into fire_note (nominal_time, schedule_num, kind)
  select nominal_time, schedule_num, kind from fire where kind = 1;
-- Of the epochs before nothing is known.
insert into partition_owner (partition, epoch, node_id, watermark, applied_version, seq)
  select id, epoch, node_id, watermark, applied_version,
         (select max(last_seq) from partition_state)
    from partition_state;
-- Fires that are made up for are few, and looked for by schedule.
create index fire_note_schedule on fire_note (schedule_num, nominal_time);
/* [jooq ignore stop] */
