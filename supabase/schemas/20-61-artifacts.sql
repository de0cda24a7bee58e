-- Results kept for people to look at.
create table public.artifacts (
  id uuid primary key default gen_random_uuid(),
  run_id uuid not null references public.runs (id) on delete cascade,
  step_key text,
  item_path int[] not null default '{}',
  attempt int,
  workspace_id uuid not null,
  kind text not null,
  title text not null,
  mime text not null,
  bytes bigint not null,
  sha256 text not null,
  body text,
  path text,
  url text,
  created_at timestamptz not null default now(),
  constraint exactly_one_content check (num_nonnulls(body, path, url) = 1)
);

create index artifacts_by_run on public.artifacts (run_id, step_key);
