-- Messages from one run to another: a transaction that holds a run's lock never waits for a second run, it leaves a
-- message here, delivered at once when the other run is free and by the sweep when it is not.
create table engine.deliveries (
  id bigint generated always as identity primary key,
  run_id uuid not null references public.runs (id) on delete cascade,
  kind text not null,
  step_key text,
  item_path int[],
  payload jsonb not null default '{}',
  constraint kind_is_known check (kind in ('child_ended', 'cancel', 'signal'))
);

create index deliveries_by_run on engine.deliveries (run_id);
