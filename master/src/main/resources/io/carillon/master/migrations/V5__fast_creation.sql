/* [jooq ignore start] */
-- What every creation paid for and nobody needs (docs/decisions/0012). The check of the tenant is made once for each write, in create_schedules.
alter table schedule drop constraint schedule_tenant_id_fkey;
drop index schedule_partition;
-- revision_end finds those that are open as well.
drop index revision_open;
-- Only for forgetting the oldest; rows come in the order of their time.
drop index create_request_time;
create index create_request_time on create_request using brin (create_time) with (pages_per_range = 32, autosummarize = on);

-- New schedules, each with a revision, open or only there for its content: fence, lock of their destinations, rows; all or nothing, in one round trip.
-- CA001: the leader epoch is not p_leader_epoch. CA003: a request id was used before. CA004: a name is taken. CA005: a destination is gone.
-- The detail of CA003 and CA004 counts from 1 which rows met something that is not of this write; empty if none did.
create function create_schedules(
    p_leader_epoch bigint, p_destinations int[], p_tzdb text,
    p_num bigint[], p_tenant text[], p_id text[], p_partition int[], p_version bigint[], p_effective bigint[],
    p_display_name text[], p_labels text[], p_state int[], p_ends_at bigint[],
    r_valid_from bigint[], r_opens boolean[], r_spec text[], r_catch_up bigint[], r_catch_up_limit int[], r_catch_up_grace bigint[], r_nominal_after bigint[],
    r_destination int[], r_payload bytea[], r_payload_type text[],
    q_tenant text[], q_request_id text[], q_fingerprint bytea[], q_num bigint[], q_time bigint[]) returns void
language plpgsql as $$
declare
  found_rows int;
  taken text;
begin
  perform 1 from leader_epoch where epoch = p_leader_epoch for share;
  if not found then
    raise exception 'leader epoch % is over', p_leader_epoch using errcode = 'CA001';
  end if;
  -- None of them can be deleted until this has ended.
  perform 1 from destination where num = any (p_destinations) and delete_time is null order by num for share;
  get diagnostics found_rows = row_count;
  if found_rows <> cardinality(p_destinations) then
    raise exception '% of % destinations are there', found_rows, cardinality(p_destinations) using errcode = 'CA005';
  end if;
  -- Tenants are never deleted, so that none needs to be locked.
  perform 1 from unnest(p_tenant) t (id) where not exists (select from tenant where tenant.id = t.id);
  if found then
    raise exception 'a schedule is of no tenant' using errcode = 'foreign_key_violation', constraint = 'schedule_tenant';
  end if;

  if cardinality(q_num) > 0 then
    insert into create_request (tenant_id, request_id, fingerprint, schedule_num, create_time)
      select * from unnest(q_tenant, q_request_id, q_fingerprint, q_num, q_time)
      on conflict (tenant_id, request_id) do nothing;
    get diagnostics found_rows = row_count;
    if found_rows <> cardinality(q_num) then
      select string_agg(array_position(p_num, q.num)::text, ',') into taken
        from unnest(q_tenant, q_request_id, q_num) as q (tenant, request_id, num)
        join create_request c on c.tenant_id = q.tenant and c.request_id = q.request_id
       where c.schedule_num <> all (p_num);
      raise exception 'a request id was used before' using errcode = 'CA003', detail = coalesce(taken, '');
    end if;
  end if;

  insert into schedule (num, tenant_id, id, partition, display_name, labels, state, pause_reason, version, revision_version,
                        create_time, update_time, effective_time, ends_at)
    select num, tenant, id, partition, display_name, labels::jsonb, state, '', version, version, effective, effective, effective, ends_at
      from unnest(p_num, p_tenant, p_id, p_partition, p_version, p_effective, p_display_name, p_labels, p_state, p_ends_at)
        as s (num, tenant, id, partition, version, effective, display_name, labels, state, ends_at)
    on conflict (tenant_id, id) where state <> 4 do nothing;
  get diagnostics found_rows = row_count;
  if found_rows <> cardinality(p_num) then
    select string_agg(p.n::text, ',') into taken
      from unnest(p_tenant, p_id) with ordinality as p (tenant, id, n)
      join schedule s on s.tenant_id = p.tenant and s.id = p.id and s.state <> 4
     where s.num <> all (p_num);
    raise exception 'a name is taken' using errcode = 'CA004', detail = coalesce(taken, '');
  end if;

  insert into revision (schedule_num, version, partition, valid_from, valid_to, closed_by_version, spec, catch_up_window, destination_num,
                        payload, payload_type, catch_up_limit, catch_up_grace, nominal_after, tzdb_version)
    select num, version, partition, valid_from, case when opens then null else valid_from end, case when opens then null else version end,
           spec, catch_up, destination, payload, payload_type, catch_limit, grace, nominal_after, p_tzdb
      from unnest(p_num, p_version, p_partition, r_valid_from, r_opens, r_spec, r_catch_up, r_destination, r_payload, r_payload_type,
                  r_catch_up_limit, r_catch_up_grace, r_nominal_after)
        as r (num, version, partition, valid_from, opens, spec, catch_up, destination, payload, payload_type, catch_limit, grace, nominal_after);
end
$$;
/* [jooq ignore stop] */
