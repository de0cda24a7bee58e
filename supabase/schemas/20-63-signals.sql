-- Signals that came before the step that waits for them: kept per run, at most 100 of them, and taken once.
create table engine.signals (
  id bigint generated always as identity primary key,
  run_id uuid not null references public.runs (id) on delete cascade,
  name text not null,
  payload jsonb not null,
  sent_by uuid,
  sent_at timestamptz not null
);

create index signals_by_run on engine.signals (run_id, name, id);

-- What a step waiting for a signal takes: the name, and values the signal must have at its paths. A row counts while its step waits.
create table engine.signal_waits (
  run_id uuid not null references public.runs (id) on delete cascade,
  step_key text not null,
  item_path int[] not null,
  name text not null,
  match jsonb not null,
  on_timeout text not null,
  opened_at timestamptz not null,
  primary key (run_id, step_key, item_path),
  constraint on_timeout_is_known check (on_timeout in ('fail', 'continue'))
);
