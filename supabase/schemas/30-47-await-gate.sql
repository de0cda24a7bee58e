-- Waits for whoever decides at a gate, so that what they decided is seen; called before looking for runs that wait there. A transaction that
-- has decided itself waits for nobody, so two can never wait for each other; what it overlooks the sweep finds.
create function engine.await_gate(p_gate text)
returns void language plpgsql volatile set search_path = ''
as $$
begin
  if coalesce(current_setting('engine.deciding', true), '') = 'yes' then
    perform pg_try_advisory_xact_lock_shared(hashtextextended(p_gate, 1));
  else
    perform pg_advisory_xact_lock_shared(hashtextextended(p_gate, 1));
  end if;
end $$;
