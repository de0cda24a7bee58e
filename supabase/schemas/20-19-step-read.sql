-- One value a step reads from another: `part` is output, status or error, or null for all; `depth` is the other's.
create type engine.step_read as (step_key text, part text, port text, depth int);
