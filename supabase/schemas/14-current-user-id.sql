-- The person asking, or null: anonymous sign-ins carry the role `authenticated` too, and count as nobody.
create function engine.current_user_id()
returns uuid language sql stable set search_path = ''
as $$
  select case when coalesce(auth.jwt() ->> 'is_anonymous', 'false') <> 'true' then auth.uid() end
$$;
