-- What is decided about a run whose steps are due: go; hold, and what it waits for; busy, because somebody else is deciding about its
-- lane or key right now; or limits, because those of its workflow have to be looked at yet.
create type engine.ruling as (run_id uuid, verdict text, reason jsonb);
