-- How engine functions hand sets of steps to each other.
create type engine.step_ref as (run_id uuid, step_key text, item_path int[]);

-- Dependencies of one waiting step that ended: so many as it asked, so many otherwise.
create type engine.token as (run_id uuid, step_key text, item_path int[], met int, dead int);

-- A step and the status it has now.
create type engine.moved as (run_id uuid, step_key text, item_path int[], status text);

-- A StepReport (core/worker.ts) as a row. `error_detail` is the part of the error that quotes payloads; with `checks` the work stands.
create type engine.step_report as (
  run_id uuid, step_key text, item_path int[], attempt int, outcome text, output jsonb, output_is_fallback boolean, port text,
  error jsonb, park jsonb, inputs jsonb, calls jsonb, proofs jsonb, artifacts jsonb, logs jsonb, active_ms bigint, waiting_for jsonb,
  error_detail jsonb, checks jsonb,
  -- Of the step itself; known once the fence has let the report pass.
  plan_step bigint, workspace_id uuid, role text, verification text,
  -- What the worker did after it, ahead of the record; `nth` is 0 for a step that was claimed and counts those done ahead of it. A step
  -- whose only follower was done ahead gives its dependents nothing more.
  ahead jsonb, nth int, gives boolean);

-- A move of a step, or (without `move`) a step inserted into a body.
create type engine.step_change as (
  run_id uuid, step_key text, item_path int[], from_status text, to_status text, move text, attempt int, rank int, data jsonb);

-- What a set of reports asks for. `plain`: every step ended by itself; nothing failed, parked, split or leads into a body.
create type engine.report_facts as (
  plain boolean, proofs boolean, calls boolean, artifacts boolean, records boolean, items boolean, ahead boolean);

-- What whoever inserts a run says of it; lane and priority always. `override` of a from_step retry: {step, inputs}.
create type engine.run_facts as (
  id uuid, title text, mode text, lane text, priority int, trigger jsonb, idempotency_key text, retry_of uuid, retry_mode text, key_run uuid,
  parent_run_id uuid, parent_step text, parent_item int[], limit_key text, limit_max int, rate_key text, rate_max int, rate_ms bigint,
  debounce_key text, budgets jsonb, created_by uuid, override jsonb);
