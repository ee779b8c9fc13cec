-- Which start of a master took the epoch.
alter table leader_epoch add column instance text not null default '';
-- Where it is reached: other masters send on what only the leader can do.
alter table leader_epoch add column api_address text not null default '';
alter table leader_epoch add column node_address text not null default '';

-- Shows that the leader lives. Apart from leader_epoch, which every write of the leader locks. cluster_time is the leader's clock at the renewal.
create table leader_heartbeat (
  singleton    int primary key default 1,
  epoch        bigint not null,
  renewals     bigint not null,
  cluster_time bigint not null
);
/* [jooq ignore start] */
insert into leader_heartbeat (epoch, renewals, cluster_time) values (0, 0, 0);
alter table leader_heartbeat set (fillfactor = 20);
/* [jooq ignore stop] */
