-- Messages on their way to sockets. Rows live for minutes: the Realtime server follows the write-ahead log and deletes
-- what is old. Policies on this table decide who may listen to and send on a private topic.
create table if not exists realtime.messages (
  id uuid not null default gen_random_uuid() primary key,
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  inserted_at timestamp not null default now(),
  updated_at timestamp not null default now()
);

create index if not exists messages_inserted_at on realtime.messages (inserted_at);

alter table realtime.messages owner to supabase_realtime_admin;
alter table realtime.messages enable row level security;
grant select, insert, update on table realtime.messages to anon, authenticated, service_role, postgres;
grant delete on table realtime.messages to postgres;

-- The topic being joined or sent to, for policies.
create or replace function realtime.topic() returns text language sql stable
as $$
  select nullif(current_setting('realtime.topic', true), '')
$$;

-- Sends one broadcast. Never fails the transaction that calls it: a message lost is read again later, a run is not.
create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true)
returns void language plpgsql set search_path = ''
as $$
declare
  message_id constant uuid := gen_random_uuid();
begin
  perform set_config('realtime.topic', send.topic, true);
  insert into realtime.messages (id, topic, extension, event, payload, private)
  values (
    message_id,
    send.topic,
    'broadcast',
    send.event,
    case when send.payload ? 'id' then send.payload else send.payload || jsonb_build_object('id', message_id) end,
    send.private
  );
exception when others then
  raise warning 'realtime.send: % (%)', sqlerrm, sqlstate;
end $$;

grant execute on function realtime.topic(), realtime.send(jsonb, text, text, boolean) to public;

do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime_messages_publication') then
    create publication supabase_realtime_messages_publication for table realtime.messages with (publish = 'insert');
  end if;
end $$;
