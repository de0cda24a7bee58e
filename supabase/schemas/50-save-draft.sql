-- Stores a draft if nobody else stored one since the revision the caller started from. Called by the builder's autosave.
create function public.save_draft(workflow uuid, doc jsonb, revision int)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  actor uuid;
  stored public.drafts;
begin
  select * into stored from public.drafts where workflow_id = workflow;
  actor := engine.require_role(stored.workspace_id, 'editor', 'workflow');
  perform engine.check_draft_doc(doc);
  update public.drafts
  set doc = save_draft.doc, revision = drafts.revision + 1, updated_by = actor, updated_at = clock_timestamp()
  where workflow_id = workflow and drafts.revision = save_draft.revision
  returning * into stored;
  if not found then
    select * into stored from public.drafts where workflow_id = workflow;
    perform engine.raise(
      'RB409',
      format('The draft was saved elsewhere: it is at revision %s, your changes start from %s.', stored.revision,
        coalesce(save_draft.revision::text, 'none')),
      'Load the draft again and repeat your change, or keep yours as a copy.'
    );
  end if;
  update public.workflows set updated_at = stored.updated_at where id = workflow;
  return jsonb_build_object('revision', stored.revision, 'updated_at', stored.updated_at);
end $$;
