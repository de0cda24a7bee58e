-- Reports that changed nothing, because their attempt was not the current one.
create table engine.rejections (
  id bigint generated always as identity primary key,
  run_id uuid,
  step_key text,
  item_path int[],
  attempt int,
  worker text not null,
  outcome text,
  current_attempt int,
  current_status text,
  at timestamptz not null
);

create index rejections_by_time on engine.rejections (at);
