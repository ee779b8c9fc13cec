-- Catch-up: how many missed times fire (-1: all), and from when on a time is missed.
alter table revision add column catch_up_limit int not null default -1;
alter table revision add column catch_up_grace bigint not null default 10000000;
-- Nominal times up to this one belong to the revision before, though with their jitter they may be due later.
alter table revision add column nominal_after bigint not null default -9223372036854775808;
-- The time zone rules under which the revision was made.
alter table revision add column tzdb_version varchar(20) not null default '';

-- Of a paused schedule: who, since when, until when (9223372036854775807: until it is resumed), and by which operation (0: none).
alter table schedule add column pause_by text not null default '';
alter table schedule add column pause_since bigint not null default 0;
alter table schedule add column pause_until bigint not null default 9223372036854775807;
alter table schedule add column pause_operation bigint not null default 0;

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
/* [jooq ignore start] */
-- What was paused before this column was there: at the latest then, so that no resume makes up for times that fired.
update schedule set pause_since = effective_time where state = 2;
create sequence calendar_num;
create sequence operation_num;
create index schedule_calendar_version on schedule_calendar (calendar_num, calendar_version);
create index operation_running on operation (num) where end_time is null;
create unique index operation_request on operation (schedule_num, request_id) where request_id <> '';
create unique index operation_backfill on operation (schedule_num, backfill) where backfill > 0;
/* [jooq ignore stop] */
