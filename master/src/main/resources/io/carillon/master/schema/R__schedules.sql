-- The writes of the schedule path. A script that has changed is applied by the first new master,
-- while an old one may lead: functions go on taking what they took.

-- New schedules, each with a revision, open or only there for its content: fence, lock of their
-- destinations, rows; all or nothing, in one round trip. Rows go in without being asked for each
-- whether they meet another: who is in the way is looked up only if one did, which then undoes the
-- inserts (docs/decisions/0013). The arrays are walked in step, as in commit_fires. CA001: the
-- leader epoch is not p_leader_epoch. CA003: a request id was used before. CA004: a name is taken.
-- CA005: a destination is gone. The detail of CA003 and CA004 counts from 1 which rows met
-- something that is not of this write; empty if none did.
create or replace function create_schedules(
    p_leader_epoch bigint, p_destinations int[], p_tzdb text,
    p_num bigint[], p_tenant text[], p_id text[], p_partition int[], p_version bigint[],
    p_effective bigint[], p_display_name text[], p_labels text[], p_state int[], p_ends_at bigint[],
    r_valid_from bigint[], r_opens boolean[], r_spec text[], r_catch_up bigint[],
    r_catch_up_limit int[], r_catch_up_grace bigint[], r_nominal_after bigint[],
    r_destination int[], r_payload bytea[], r_payload_type text[],
    q_tenant text[], q_request_id text[], q_fingerprint bytea[], q_num bigint[], q_time bigint[])
  returns void
language plpgsql as $$
declare
  found_rows int;
  violated text;
  taken text;
begin
  perform 1 from leader_epoch where epoch = p_leader_epoch for share;
  if not found then
    raise exception 'leader epoch % is over', p_leader_epoch using errcode = 'CA001';
  end if;
  -- None of them can be deleted until this has ended.
  perform 1 from destination where num = any (p_destinations) and delete_time is null
    order by num for share;
  get diagnostics found_rows = row_count;
  if found_rows <> cardinality(p_destinations) then
    raise exception '% of % destinations are there', found_rows, cardinality(p_destinations)
      using errcode = 'CA005';
  end if;
  -- Tenants are never deleted, so that none needs to be locked.
  perform 1 from (select distinct unnest(p_tenant) as id) t
    where not exists (select from tenant where tenant.id = t.id);
  if found then
    raise exception 'a schedule is of no tenant'
      using errcode = 'foreign_key_violation', constraint = 'schedule_tenant';
  end if;

  begin
    insert into create_request (tenant_id, request_id, fingerprint, schedule_num, create_time)
      select unnest(q_tenant), unnest(q_request_id), unnest(q_fingerprint), unnest(q_num),
             unnest(q_time);
    insert into schedule (num, tenant_id, id, partition, display_name, labels, state, pause_reason,
                          version, revision_version, create_time, update_time, effective_time,
                          ends_at)
      select num, tenant, id, partition, display_name, labels::jsonb, state, '', version, version,
             effective, effective, effective, ends_at
        from (select unnest(p_num) as num, unnest(p_tenant) as tenant, unnest(p_id) as id,
                     unnest(p_partition) as partition, unnest(p_version) as version,
                     unnest(p_effective) as effective, unnest(p_display_name) as display_name,
                     unnest(p_labels) as labels, unnest(p_state) as state,
                     unnest(p_ends_at) as ends_at) s;
    insert into revision (schedule_num, version, partition, valid_from, valid_to,
                          closed_by_version, spec, catch_up_window, destination_num, payload,
                          payload_type, catch_up_limit, catch_up_grace, nominal_after,
                          tzdb_version)
      select num, version, partition, valid_from, case when opens then null else valid_from end,
             case when opens then null else version end, spec, catch_up, destination, payload,
             payload_type, catch_up_limit, catch_up_grace, nominal_after, p_tzdb
        from (select unnest(p_num) as num, unnest(p_version) as version,
                     unnest(p_partition) as partition, unnest(r_valid_from) as valid_from,
                     unnest(r_opens) as opens, unnest(r_spec) as spec,
                     unnest(r_catch_up) as catch_up, unnest(r_destination) as destination,
                     unnest(r_payload) as payload, unnest(r_payload_type) as payload_type,
                     unnest(r_catch_up_limit) as catch_up_limit,
                     unnest(r_catch_up_grace) as catch_up_grace,
                     unnest(r_nominal_after) as nominal_after) r;
  exception when unique_violation then
    -- Nothing of this write is there any more. Rows of the same numbers are of an earlier try of
    -- it.
    get stacked diagnostics violated = constraint_name;
    if violated = 'create_request_pkey' then
      select string_agg(array_position(p_num, q.num)::text, ',') into taken
        from unnest(q_tenant, q_request_id, q_num) as q (tenant, request_id, num)
        join create_request c on c.tenant_id = q.tenant and c.request_id = q.request_id
       where c.schedule_num <> all (p_num);
      raise exception 'a request id was used before'
        using errcode = 'CA003', detail = coalesce(taken, '');
    elsif violated = 'schedule_name' then
      select string_agg(p.n::text, ',') into taken
        from unnest(p_tenant, p_id) with ordinality as p (tenant, id, n)
        join schedule s on s.tenant_id = p.tenant and s.id = p.id and s.state <> 4
       where s.num <> all (p_num);
      raise exception 'a name is taken' using errcode = 'CA004', detail = coalesce(taken, '');
    end if;
    raise;
  end;
end
$$;
