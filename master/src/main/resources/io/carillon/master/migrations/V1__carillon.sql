-- All times are microseconds since 1970-01-01T00:00Z; "nominal" and "seq" as in docs/ARCHITECTURE.md.

-- Who this database belongs to. Exactly one row; a master refuses to start without it.
create table cluster_identity (
  singleton       int primary key default 1,
  cluster_uid     varchar(36) not null,
  partition_count int not null
);

-- The fence of masters. Every write takes this row FOR SHARE; a takeover updates it, so it waits for writes in flight and later ones fail.
create table leader_epoch (
  singleton int primary key default 1,
  epoch     bigint not null,
  leader    text not null,
  taken_at  bigint not null
);

create table partition_state (
  id              int primary key,
  node_id         varchar(100),
  epoch           bigint not null,
  watermark       bigint not null,
  applied_version bigint not null,
  last_seq        bigint not null
);

create table node (
  id              varchar(100) primary key,
  incarnation     bigint not null,
  instance        text not null,
  state           int not null,
  state_time      bigint not null,
  weight          int not null,
  location        text not null,
  program_version text not null
);

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
  seq             bigint not null
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
  primary key (destination_num, seq)
);

create table schedule (
  num              bigint primary key,
  tenant_id        varchar(100) not null references tenant (id),
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
  ends_at          bigint not null
);

-- Immutable but for its end. Holds for nominal times in (valid_from, valid_to]. Kept as long as the log, which is checked against it.
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
  primary key (schedule_num, version)
);

create table create_request (
  tenant_id    varchar(100) not null,
  request_id   varchar(100) not null,
  fingerprint  bytea not null,
  schedule_num bigint not null,
  create_time  bigint not null,
  primary key (tenant_id, request_id)
);

-- The log: one row for each nominal time of each schedule. Append-only.
/* [jooq ignore start] */
create sequence schedule_num increment 1024;
create sequence destination_num start 2;

create unique index destination_name on destination (tenant_id, id) where delete_time is null;
create index parked_fire_next on parked_fire (destination_num, next_time) where not dead;
create unique index schedule_name on schedule (tenant_id, id) where state <> 4;
create index schedule_partition on schedule (partition);
create index revision_end on revision (partition, valid_to);
create index revision_open on revision (partition) where valid_to is null;
create index create_request_time on create_request (create_time);

alter table partition_state set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.5, autovacuum_vacuum_threshold = 5000);
alter table parked_fire set (autovacuum_vacuum_scale_factor = 0.05);
/* [jooq ignore stop] */
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
/* [jooq ignore start] */
create index fire_seq on fire using brin (seq) with (pages_per_range = 32, autosummarize = on);
-- Fires that the spec does not tell where to look for.
create index fire_manual on fire (schedule_num, nominal_time) where kind <> 0;
create index fire_skipped on fire (schedule_num, nominal_time) where skip_reason <> 0;

-- One commit of the fire path: fence, compare-and-set of the partitions, insert of the fires; all or nothing.
-- CA001: the leader epoch is not p_leader_epoch. CA002: some partition is not at the epoch and watermark given.
create function commit_fires(
    p_leader_epoch bigint, p_partitions int[], p_epochs bigint[], p_watermarks bigint[], p_new_watermarks bigint[], p_applied bigint[],
    p_last_seq bigint, p_first_seq bigint, p_recorded_at bigint,
    f_nominal bigint[], f_schedule bigint[], f_version bigint[], f_epoch bigint[], f_last_nominal bigint[], f_skipped_count bigint[],
    f_destination int[], f_partition int[], f_kind int[], f_skip_reason int[]) returns void
language plpgsql as $$
declare
  moved int;
begin
  perform 1 from leader_epoch where epoch = p_leader_epoch for share;
  if not found then
    raise exception 'leader epoch % is over', p_leader_epoch using errcode = 'CA001';
  end if;
  update partition_state p
     set watermark = u.new_watermark, applied_version = u.applied, last_seq = p_last_seq
    from unnest(p_partitions, p_epochs, p_watermarks, p_new_watermarks, p_applied) as u (id, epoch, watermark, new_watermark, applied)
   where p.id = u.id and p.epoch = u.epoch and p.watermark = u.watermark;
  get diagnostics moved = row_count;
  if moved <> cardinality(p_partitions) then
    raise exception '% of % partitions are at the epoch and watermark given', moved, cardinality(p_partitions) using errcode = 'CA002';
  end if;
  insert into fire (nominal_time, schedule_num, seq, recorded_at, version, partition_epoch, last_nominal, skipped_count,
                    destination_num, partition, kind, skip_reason)
  select nominal, schedule, p_first_seq + n - 1, p_recorded_at, version, epoch, last_nominal, skipped_count,
         destination, partition::smallint, kind::smallint, skip_reason::smallint
    from unnest(f_nominal, f_schedule, f_version, f_epoch, f_last_nominal, f_skipped_count, f_destination, f_partition, f_kind, f_skip_reason)
         with ordinality as f (nominal, schedule, version, epoch, last_nominal, skipped_count, destination, partition, kind, skip_reason, n);
end
$$;

insert into cluster_identity (cluster_uid, partition_count) values (gen_random_uuid()::text, ${partitions});
insert into leader_epoch (epoch, leader, taken_at) values (0, '', 0);
insert into partition_state (id, epoch, watermark, applied_version, last_seq)
  select id, 0, (extract(epoch from clock_timestamp()) * 1000000)::bigint, 0, 0 from generate_series(0, ${partitions} - 1) as id;
insert into tenant (id, create_time) values ('default', (extract(epoch from clock_timestamp()) * 1000000)::bigint);
insert into destination (num, tenant_id, id, display_name, kind, ack_timeout, max_attempts, version, create_time, update_time)
  select 1, 'default', 'default', '', 1, 30000000, 100, 1, create_time, create_time from tenant;
insert into delivery_cursor (destination_num, seq) values (1, 0);
/* [jooq ignore stop] */
