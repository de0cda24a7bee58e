-- The values a map runs over, one row per item, so that a claim reads one item and not the whole list.
create table engine.items (
  run_id uuid not null,
  collector text not null,
  item_path int[] not null,
  value jsonb not null,
  primary key (run_id, collector, item_path)
);
