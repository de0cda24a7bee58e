-- Figures of the whole installation that only grow, for operators: `attempts.succeeded`, `claim_ms.le_100`, … Kept by engine.fold_rollups.
create table engine.totals (
  name text primary key,
  value numeric not null default 0
) with (fillfactor = 50);
