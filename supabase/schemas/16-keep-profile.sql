-- Keeps a profile for every account. The display name starts as the part of the address before the @.
create function engine.keep_profile()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.profiles (user_id, email, display_name)
  values (new.id, new.email, split_part(coalesce(new.email, ''), '@', 1))
  on conflict (user_id) do update set email = excluded.email;
  return null;
end $$;

create trigger runboard_keeps_a_profile after insert or update of email on auth.users
  for each row execute function engine.keep_profile();

insert into public.profiles (user_id, email, display_name)
select id, email, split_part(coalesce(email, ''), '@', 1) from auth.users
on conflict (user_id) do nothing;
