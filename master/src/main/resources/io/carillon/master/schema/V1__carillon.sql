-- The tables. Functions are in the R__ scripts. All times are microseconds since 1970-01-01T00:00Z;
-- "nominal" and "seq" as in docs/ARCHITECTURE.md. What jOOQ's parser cannot read stands between its
-- marks. Numbers in columns of states and kinds are those of the enums of master.store and
-- master.core.

-- Who this database belongs to. Exactly one row; a master refuses to start without it.
create table cluster_identity (
  singleton       int primary key default 1,
  cluster_uid     varchar(36) not null,
  partition_count int not null
);

-- -------------------------------------------------------------------------------------- leadership

-- The fence of masters. Every write takes this row FOR SHARE; a takeover updates it, so it waits
-- for writes in flight and later ones fail.
create table leader_epoch (
  singleton    int primary key default 1,
  epoch        bigint not null,
  leader       text not null,
  taken_at     bigint not null,
  -- Which start of a master took the epoch.
  instance     text not null default '',
  -- Where it is reached: other masters send on what only the leader can do.
  api_address  text not null default '',
  node_address text not null default ''
);

-- Shows that the leader lives. Apart from leader_epoch, which every write of the leader locks.
-- cluster_time is the leader's clock at the renewal.
create table leader_heartbeat (
  singleton    int primary key default 1,
  epoch        bigint not null,
  renewals     bigint not null,
  cluster_time bigint not null
);

-- ---------------------------------------------------------------------- clock nodes and partitions

create table node (
  id              varchar(100) primary key,
  incarnation     bigint not null,
  instance        text not null,
  state           int not null,
  state_time      bigint not null,
  weight          int not null,
  location        text not null,
  program_version text not null,
  -- SHA-256 in hex of the secret that proves that a process is this node; empty: the next
  -- registration binds it.
  secret_hash     varchar(64) not null default ''
);

-- One row for each partition, and no index: as long as a transaction is open that is older (a dump,
-- a long report), no row version is cleared away, and to find a partition's latest version by an
-- index, or to enter a new one there, all versions since then are gone through: each commit would
-- be slower than the one before (docs/decisions/0014). A commit remembers in its session where it
-- left each partition (move_watermarks).
create table partition_state (
  id              int not null,
  node_id         varchar(100),
  epoch           bigint not null,
  watermark       bigint not null,
  applied_version bigint not null,
  last_seq        bigint not null
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

-- How far the ledger was checked against the revisions: all that was due up to verified_time, for
-- revisions up to verified_version.
create table verification (
  partition        int primary key,
  verified_time    bigint not null,
  verified_version bigint not null,
  -- Nominal times that were checked, and those of them that were missing, double, early, or owed by
  -- nobody.
  checked          bigint not null,
  gaps             bigint not null
);

-- ------------------------------------------------------------------------ tenants and destinations

create table tenant (
  id          varchar(100) primary key,
  create_time bigint not null
);

create table destination (
  num          int primary key,
  tenant_id    varchar(100) not null references tenant (id),
  id           varchar(100) not null,
  display_name text not null,
  kind         int not null,
  ack_timeout  bigint not null,
  max_attempts int not null,
  version      bigint not null,
  create_time  bigint not null,
  update_time  bigint not null,
  delete_time  bigint
);

-- Every fire of the destination with seq <= this is acknowledged, parked or a dead letter.
create table delivery_cursor (
  destination_num int primary key references destination (num),
  seq             bigint not null,
  -- How the fires above the cursor stand, as of the settlement that wrote it (docs/decisions/0020).
  -- Stretches of the log, one after the other, as pairs of LEB128 numbers: how far the stretch goes
  -- beyond the one before (the first: beyond 0), and 0 if its fires are settled or parked, else 1 +
  -- how often they were delivered.
  progress        bytea not null default ''
);

-- Fires that were refused or timed out; dead: attempts used up.
create table parked_fire (
  destination_num int not null references destination (num),
  seq             bigint not null,
  nominal_time    bigint not null,
  schedule_num    bigint not null,
  kind            int not null,
  attempts        int not null,
  next_time       bigint not null,
  dead            boolean not null,
  -- Why the last attempt failed: the reason of a refusal, or what happened else. Empty for one that
  -- was set aside while it is with a subscriber for the first time.
  last_error      text not null,
  primary key (destination_num, seq)
);

-- --------------------------------------------------------------------------------------- schedules

-- No foreign key to the tenant: each creation would pay for it; create_schedules checks once for
-- each write (docs/decisions/0012).
create table schedule (
  num              bigint primary key,
  tenant_id        varchar(100) not null,
  id               varchar(100) not null,
  partition        int not null,
  display_name     text not null,
  labels           jsonb not null,
  state            int not null,
  pause_reason     text not null,
  version          bigint not null,
  revision_version bigint not null,
  create_time      bigint not null,
  update_time      bigint not null,
  effective_time   bigint not null,
  ends_at          bigint not null,
  -- Of a paused schedule: who, since when, until when (9223372036854775807: until it is resumed),
  -- and by which operation (0: none).
  pause_by         text not null default '',
  pause_since      bigint not null default 0,
  pause_until      bigint not null default 9223372036854775807,
  pause_operation  bigint not null default 0
);

-- Immutable but for its end. Holds for nominal times in (valid_from, valid_to]. Kept as long as the
-- log, which is checked against it.
create table revision (
  schedule_num      bigint not null,
  version           bigint not null,
  partition         int not null,
  valid_from        bigint not null,
  valid_to          bigint,
  closed_by_version bigint,
  spec              text not null,
  catch_up_window   bigint not null,
  destination_num   int not null,
  payload           bytea not null,
  payload_type      text not null,
  -- How many missed times fire (-1: all), and from when on a time is missed.
  catch_up_limit    int not null default -1,
  catch_up_grace    bigint not null default 10000000,
  -- Nominal times up to this one belong to the revision before, though with their jitter they may
  -- be due later.
  nominal_after     bigint not null default -9223372036854775808,
  -- The time zone rules under which the revision was made.
  tzdb_version      varchar(20) not null default '',
  primary key (schedule_num, version)
);

create table calendar (
  num          int primary key,
  tenant_id    varchar(100) not null references tenant (id),
  id           varchar(100) not null,
  display_name text not null,
  -- Sorted ranges of days since 1970-01-01, as in "20446-20447,20459".
  days         text not null,
  -- Bit 0 is Sunday.
  weekend      int not null,
  version      bigint not null,
  create_time  bigint not null,
  update_time  bigint not null,
  unique (tenant_id, id)
);

-- Which calendars the latest content of a schedule names, and the versions whose days are in it.
create table schedule_calendar (
  schedule_num     bigint not null,
  calendar_num     int not null references calendar (num),
  calendar_version bigint not null,
  primary key (schedule_num, calendar_num)
);

-- Request ids of every call that changes something: schedule_num is the number of what it was
-- about, which may be a destination or a calendar.
create table create_request (
  tenant_id    varchar(100) not null,
  request_id   varchar(100) not null,
  fingerprint  bytea not null,
  schedule_num bigint not null,
  create_time  bigint not null,
  -- Of a trigger: the nominal time that its fire has, or is to have; else 0.
  nominal      bigint not null default 0,
  primary key (tenant_id, request_id)
);

create table operation (
  num          bigint primary key,
  kind         int not null,
  state        int not null,
  -- "-" for all.
  tenant_id    varchar(100) not null,
  subject      text not null,
  -- Of a backfill, else 0.
  schedule_num bigint not null,
  backfill     int not null,
  -- Of a backfill: the revision whose times fire.
  version      bigint not null,
  request_id   varchar(100) not null,
  -- The request, as the message that began it.
  request      bytea not null,
  description  text not null,
  done         bigint not null,
  total        bigint not null,
  -- What is done: of a backfill the last nominal time, else the last schedule number.
  position     bigint not null,
  cancelled    boolean not null,
  error        text not null,
  create_time  bigint not null,
  update_time  bigint not null,
  end_time     bigint
);

-- ----------------------------------------------------------------------------------------- the log

-- One row for each nominal time of each schedule. Append-only.
create table fire (
  nominal_time    bigint not null,
  schedule_num    bigint not null,
  seq             bigint not null,
  recorded_at     bigint not null,
  version         bigint not null,
  partition_epoch bigint not null,
  last_nominal    bigint not null,
  skipped_count   bigint not null,
  destination_num int not null,
  partition       smallint not null,
  kind            smallint not null,
  skip_reason     smallint not null,
  primary key (nominal_time, schedule_num, kind)
)
/* [jooq ignore start] */
partition by range (nominal_time)
/* [jooq ignore stop] */
;

-- Fires that no clock node pushed, written in the statement that records them: those that a client
-- triggered by hand (kind 1), which the log is checked against, and scheduled ones (kind 0) that
-- the log lacked and that the leader made up for.
create table fire_note (
  nominal_time bigint not null,
  schedule_num bigint not null,
  kind         smallint not null,
  primary key (nominal_time, schedule_num, kind)
);

/* [jooq ignore start] */
-- ----------------------------------------------------------------------- numbers, indexes, storage

create sequence schedule_num increment 1024;
create sequence destination_num start 2;
create sequence calendar_num;
create sequence operation_num;

create unique index destination_name on destination (tenant_id, id) where delete_time is null;
create index parked_fire_next on parked_fire (destination_num, next_time) where not dead;
create unique index schedule_name on schedule (tenant_id, id) where state <> 4;
-- Finds those that are open as well.
create index revision_end on revision (partition, valid_to);
create index schedule_calendar_version on schedule_calendar (calendar_num, calendar_version);
-- Only for forgetting the oldest; rows come in the order of their time.
create index create_request_time on create_request using brin (create_time)
  with (pages_per_range = 32, autosummarize = on);
create index operation_running on operation (num) where end_time is null;
create unique index operation_request on operation (tenant_id, schedule_num, request_id)
  where request_id <> '';
create unique index operation_backfill on operation (schedule_num, backfill) where backfill > 0;
create index fire_seq on fire using brin (seq) with (pages_per_range = 32, autosummarize = on);
-- Fires that the spec does not tell where to look for.
create index fire_manual on fire (schedule_num, nominal_time) where kind <> 0;
create index fire_skipped on fire (schedule_num, nominal_time) where skip_reason <> 0;
-- Skipped runs that reach into a time from before it.
create index fire_run on fire (last_nominal) where skip_reason <> 0;

alter table leader_heartbeat set (fillfactor = 20);
alter table partition_state set
  (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.5, autovacuum_vacuum_threshold = 5000);
alter table parked_fire set (autovacuum_vacuum_scale_factor = 0.05);

-- ----------------------------------------------------------------------------------- a new cluster

insert into cluster_identity (cluster_uid, partition_count)
  values (gen_random_uuid()::text, ${partitions});
insert into leader_epoch (epoch, leader, taken_at) values (0, '', 0);
insert into leader_heartbeat (epoch, renewals, cluster_time) values (0, 0, 0);
insert into partition_state (id, epoch, watermark, applied_version, last_seq)
  select id, 0, (extract(epoch from clock_timestamp()) * 1000000)::bigint, 0, 0
    from generate_series(0, ${partitions} - 1) as id;
insert into partition_owner (partition, epoch, node_id, watermark, applied_version, seq)
  select id, epoch, node_id, watermark, applied_version, last_seq from partition_state;
insert into verification (partition, verified_time, verified_version, checked, gaps)
  select id, 0, 0, 0, 0 from partition_state;
insert into tenant (id, create_time)
  values ('default', (extract(epoch from clock_timestamp()) * 1000000)::bigint);
insert into destination
    (num, tenant_id, id, display_name, kind, ack_timeout, max_attempts, version, create_time,
     update_time)
  select 1, 'default', 'default', '', 1, 30000000, 100, 1, create_time, create_time from tenant;
insert into delivery_cursor (destination_num, seq) values (1, 0);
/* [jooq ignore stop] */
