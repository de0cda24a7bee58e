-- Names a step of a run; engine functions hand sets of steps to each other as arrays of it.
create type engine.step_ref as (run_id uuid, step_key text, item_path int[]);
