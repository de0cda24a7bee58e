-- A small application as it would be written for a hosted project: notes with tags, rooms with members.
create table public.rooms (id text primary key, title text not null);
create table public.members (
  room_id text not null references public.rooms (id),
  user_id uuid not null references auth.users (id),
  primary key (room_id, user_id)
);
create table public.notes (
  id bigint generated always as identity primary key,
  owner_id uuid not null default auth.uid() references auth.users (id),
  title text not null,
  stars int not null default 0,
  extra jsonb,
  labels text[] not null default '{}',
  created_at timestamptz not null default now()
);
create table public.tags (
  id bigint generated always as identity primary key,
  note_id bigint not null references public.notes (id),
  label text not null
);

alter table public.rooms enable row level security;
alter table public.rooms force row level security;
alter table public.members enable row level security;
alter table public.members force row level security;
alter table public.notes enable row level security;
alter table public.notes force row level security;
alter table public.tags enable row level security;
alter table public.tags force row level security;

grant select on public.rooms, public.members to authenticated;
grant select, insert, update, delete on public.notes, public.tags to authenticated;
grant select, insert, update, delete on public.rooms, public.members, public.notes, public.tags to service_role;

create policy "own notes" on public.notes to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
create policy "tags of own notes" on public.tags to authenticated
  using (exists (select from public.notes where notes.id = note_id))
  with check (exists (select from public.notes where notes.id = note_id));
create policy "own memberships" on public.members for select to authenticated using (user_id = (select auth.uid()));
create policy "rooms of members" on public.rooms for select to authenticated
  using (exists (select from public.members where room_id = rooms.id));

create policy "members listen" on realtime.messages for select to authenticated
  using (exists (select from public.members where 'room:' || room_id = (select realtime.topic())));
create policy "members send" on realtime.messages for insert to authenticated
  with check (exists (select from public.members where 'room:' || room_id = (select realtime.topic())));

insert into storage.buckets (id, name, public) values ('papers', 'papers', false);
create policy "own papers" on storage.objects to authenticated
  using (bucket_id = 'papers' and (storage.foldername(name))[1] = (select auth.uid())::text)
  with check (bucket_id = 'papers' and (storage.foldername(name))[1] = (select auth.uid())::text);

create function public.add_numbers(a int, b int) returns int language sql immutable set search_path = ''
as $$ select a + b $$;

create function public.count_up(until int) returns setof int language sql immutable set search_path = ''
as $$ select generate_series(1, until) $$;

create function public.who_am_i() returns text language sql stable set search_path = ''
as $$ select (select auth.uid())::text $$;

create function public.describe(doc jsonb, items text[] default '{}', flag boolean default null) returns jsonb
language sql immutable set search_path = ''
as $$ select jsonb_build_object('kind', jsonb_typeof(doc), 'doc', doc, 'items', items, 'flag', flag) $$;

-- The form of `raise` that every PostgREST passes on whole: message and detail are the answer's body and status.
create function public.fail_with(code text, status int) returns void language plpgsql set search_path = ''
as $$
begin
  raise exception using
    errcode = 'PGRST',
    message = jsonb_build_object('code', code, 'message', 'it failed', 'details', 'why', 'hint', 'try again')::text,
    detail = jsonb_build_object('status', status, 'headers', jsonb_build_object())::text;
end $$;

create function public.announce(room text, words text) returns void language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send(jsonb_build_object('words', words), 'announcement', 'room:' || room, true);
end $$;
revoke execute on function public.announce(text, text) from public;
grant execute on function public.announce(text, text) to authenticated;
