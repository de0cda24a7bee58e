-- Whether a step whose lease is over was all its worker held since the step's attempt began: nothing else of that worker's is running since
-- then, nor was lost. Then nothing else can have killed it. Stable, so that every step of one statement is judged by what was there before it.
create function engine.died_alone(p_step public.steps)
returns boolean language plpgsql stable set search_path = ''
as $$
declare
  began constant timestamptz := (
    select started_at from public.attempts
    where (run_id, step_key, item_path, n) = (p_step.run_id, p_step.step_key, p_step.item_path, p_step.attempt));
begin
  return not exists (
    select from public.steps as other
    where (other.lease_until is not null or other.waiting_for is not null) and coalesce(other.lease_until, other.due_at) >= began
      and other.status = 'running' and other.worker = p_step.worker
      and (other.run_id, other.step_key, other.item_path) <> (p_step.run_id, p_step.step_key, p_step.item_path)
  ) and not exists (
    select from public.attempts as other
    where other.error ->> 'class' = 'lost' and other.worker = p_step.worker and other.finished_at >= began
      and (other.run_id, other.step_key, other.item_path) <> (p_step.run_id, p_step.step_key, p_step.item_path));
end $$;
