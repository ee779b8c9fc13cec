-- The commits of the fire path. A script that has changed is applied by the first new master, while
-- an old one may lead: functions go on taking what they took.

-- Moves the partitions that are at the epoch and watermark given, and says how many those were
-- (docs/decisions/0014).
create or replace function move_watermarks(
    p_partitions int[], p_epochs bigint[], p_watermarks bigint[], p_new_watermarks bigint[],
    p_applied bigint[], p_last_seq bigint) returns int
-- Of a small table PostgreSQL would rather read all, and keep to that plan when it has grown.
language plpgsql set enable_seqscan = off as $$
declare
  -- By partition, from 1. Only where to look: what is found there is checked, and what is not is
  -- looked for everywhere.
  places tid[] :=
    coalesce(nullif(current_setting('carillon.partition_places', true), '')::tid[], '{}');
  ids int[];
  new_places tid[];
  moved int;
begin
  with m as (
    update partition_state p
       set watermark = u.new_watermark, applied_version = u.applied, last_seq = p_last_seq
      from (select unnest(p_partitions) as id, unnest(p_epochs) as epoch,
                   unnest(p_watermarks) as watermark, unnest(p_new_watermarks) as new_watermark,
                   unnest(p_applied) as applied) u
     where p.ctid = places[u.id + 1] and p.id = u.id and p.epoch = u.epoch
       and p.watermark = u.watermark
    returning p.id, p.ctid)
  select coalesce(array_agg(m.id), '{}'), array_agg(m.ctid) into ids, new_places from m;
  moved := cardinality(ids);
  for i in 1..moved loop
    places[ids[i] + 1] := new_places[i];
  end loop;
  if moved < cardinality(p_partitions) then
    with m as (
      update partition_state p
         set watermark = u.new_watermark, applied_version = u.applied, last_seq = p_last_seq
        from unnest(p_partitions, p_epochs, p_watermarks, p_new_watermarks, p_applied)
          as u (id, epoch, watermark, new_watermark, applied)
       where p.id = u.id and p.epoch = u.epoch and p.watermark = u.watermark and p.id <> all (ids)
      returning p.id, p.ctid)
    select coalesce(array_agg(m.id), '{}'), array_agg(m.ctid) into ids, new_places from m;
    moved := moved + cardinality(ids);
    for i in 1..cardinality(ids) loop
      places[ids[i] + 1] := new_places[i];
    end loop;
  end if;
  perform set_config('carillon.partition_places', places::text, false);
  return moved;
end
$$;

-- One commit of the fire path: fence, compare-and-set of the partitions, insert of the fires; all
-- or nothing. The fires come in the order of the key; empty arrays of last nominal, skipped count,
-- kind and skip reason: every row is an ordinary fire. The arrays are walked in step: unnest in
-- FROM first stores each of them as a table (docs/decisions/0011). CA001: the leader epoch is not
-- p_leader_epoch. CA002: some partition is not at the epoch and watermark given.
create or replace function commit_fires(
    p_leader_epoch bigint, p_partitions int[], p_epochs bigint[], p_watermarks bigint[],
    p_new_watermarks bigint[], p_applied bigint[], p_last_seq bigint, p_first_seq bigint,
    p_recorded_at bigint, f_nominal bigint[], f_schedule bigint[], f_version bigint[],
    f_epoch bigint[], f_last_nominal bigint[], f_skipped_count bigint[], f_destination int[],
    f_partition int[], f_kind int[], f_skip_reason int[]) returns void
language plpgsql as $$
declare
  moved int;
begin
  perform 1 from leader_epoch where epoch = p_leader_epoch for share;
  if not found then
    raise exception 'leader epoch % is over', p_leader_epoch using errcode = 'CA001';
  end if;
  moved := move_watermarks(
    p_partitions, p_epochs, p_watermarks, p_new_watermarks, p_applied, p_last_seq);
  if moved <> cardinality(p_partitions) then
    raise exception '% of % partitions are at the epoch and watermark given',
      moved, cardinality(p_partitions) using errcode = 'CA002';
  end if;
  if cardinality(f_kind) = 0 then
    insert into fire (nominal_time, schedule_num, seq, recorded_at, version, partition_epoch,
                      last_nominal, skipped_count, destination_num, partition, kind, skip_reason)
    select nominal, schedule, seq, p_recorded_at, version, epoch,
           nominal, 0, destination, partition, 0, 0
      from (select unnest(f_nominal) as nominal, unnest(f_schedule) as schedule,
                   generate_series(p_first_seq, p_first_seq + cardinality(f_nominal) - 1) as seq,
                   unnest(f_version) as version, unnest(f_epoch) as epoch,
                   unnest(f_destination) as destination,
                   unnest(f_partition)::smallint as partition) f;
  else
    insert into fire (nominal_time, schedule_num, seq, recorded_at, version, partition_epoch,
                      last_nominal, skipped_count, destination_num, partition, kind, skip_reason)
    select unnest(f_nominal), unnest(f_schedule),
           generate_series(p_first_seq, p_first_seq + cardinality(f_nominal) - 1), p_recorded_at,
           unnest(f_version), unnest(f_epoch), unnest(f_last_nominal), unnest(f_skipped_count),
           unnest(f_destination), unnest(f_partition)::smallint, unnest(f_kind)::smallint,
           unnest(f_skip_reason)::smallint;
  end if;
end
$$;
