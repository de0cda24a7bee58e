create table public.pokes (id bigint generated always as identity primary key, in_flight int not null);
create table public.poke_settings (next_due_ms int);
insert into public.poke_settings values (null);
