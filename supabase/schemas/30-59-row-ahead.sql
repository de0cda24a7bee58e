-- The steps a worker may do right after one of plan step `p_first` (AheadStep, core/worker.ts), the same in every run. Their `reads` name what
-- the scopes have of the steps before them in the row.
create function engine.row_ahead(p_first bigint, p_ahead bigint[])
returns text language plpgsql stable set search_path = ''
as $$
declare
  keys constant text[] := array(select step_key from engine.plan_steps where id = any (p_first || p_ahead));
begin
  return (
    select concat('[', string_agg(concat(plan.head,
      ',"after":' || to_json(before.ahead_port)::text,
      ',"reads":', coalesce((
        select json_agg(json_build_object('step', read.step_key, 'part', read.part, 'port', read.port))::text
        from unnest(plan.reads_steps) as read where read.step_key = any (keys)), '[]'), '}'), ',' order by place), ']')
    from unnest(p_ahead) with ordinality as listed (id, place)
    join engine.plan_steps as plan on plan.id = listed.id
    join engine.plan_steps as before on before.id = coalesce(p_ahead[place - 1], p_first)
  );
end $$;
