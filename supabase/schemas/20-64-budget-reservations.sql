-- What running attempts of runs with a budget hold of it: what their calls have used so far, and the most the next one may use. A row counts
-- only while its attempt runs, so an attempt that ends, however it ends, gives back what it did not report.
create table engine.budget_reservations (
  run_id uuid not null references public.runs (id) on delete cascade,
  step_key text not null,
  item_path int[] not null,
  attempt int not null,
  tokens bigint not null,
  cost_usd numeric not null,
  calls int not null,
  primary key (run_id, step_key, item_path, attempt)
);
