-- What members of a shared workspace may know of an account. Kept by the triggers of 16-keep-profile.sql.
create table public.profiles (
  user_id uuid primary key references auth.users (id) on delete cascade,
  email text,
  display_name text not null default ''
);
