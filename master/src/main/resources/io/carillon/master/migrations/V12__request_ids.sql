-- Request ids of every call that changes something, not of creations alone: schedule_num is then
-- the number of what it was about, which may be a destination or a calendar. Of a trigger: the
-- nominal time that its fire has, or is to have; else 0.
alter table create_request add column nominal bigint not null default 0;
/* [jooq ignore start] */
drop index operation_request;
create unique index operation_request on operation (tenant_id, schedule_num, request_id) where request_id <> '';
/* [jooq ignore stop] */
