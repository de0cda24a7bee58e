-- Reads an array of StepReport (core/worker.ts) into rows. What an error quotes of the other side is set apart: it is payload.
create function engine.read_reports(p_reports jsonb)
returns engine.step_report[] language plpgsql immutable set search_path = ''
as $$
begin
  return array(
    select ("runId", "stepKey", coalesce("itemPath", '{}'), attempt, outcome, output, "outputIsFallback", port,
      error - '{snippet,detail}'::text[], park, inputs,
      coalesce(calls, '[]'), coalesce(proofs, '[]'), coalesce(artifacts, '[]'), coalesce(logs, '[]'), "activeMs", "waitingFor",
      case when error ?| '{snippet,detail}' then
        jsonb_strip_nulls(jsonb_build_object('snippet', error -> 'snippet', 'detail', error -> 'detail')) end,
      checks, null, null, null, null, ahead, 0, true)::engine.step_report
    from jsonb_to_recordset(p_reports) as report (
      "runId" uuid, "stepKey" text, "itemPath" int[], attempt int, outcome text, output jsonb, "outputIsFallback" boolean, port text,
      error jsonb, park jsonb, inputs jsonb, calls jsonb, proofs jsonb, artifacts jsonb, logs jsonb, "activeMs" bigint,
      "waitingFor" jsonb, checks jsonb, ahead jsonb)
  );
end $$;
