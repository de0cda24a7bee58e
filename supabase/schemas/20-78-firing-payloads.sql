-- What a webhook was sent, as it came: `event` is everything but the body; the body lies in `raw`, or, over 64 KB, in the file `raw_path`.
create table public.firing_payloads (
  firing_id bigint primary key references public.firings (id) on delete cascade,
  workspace_id uuid not null,
  event jsonb not null,
  raw bytea,
  raw_path text
);
