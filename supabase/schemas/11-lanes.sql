-- The columns of the board. A limit counts live runs when steps are claimed; a paused lane lets nothing new be claimed.
create table public.lanes (
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  name text not null check (name ~ '^[A-Z][A-Z0-9]{0,7}$'),
  title text not null check (length(btrim(title)) between 1 and 40),
  colour text not null check (colour ~ '^#[0-9a-f]{6}$'),
  position int not null,
  wip_limit int check (wip_limit > 0),
  paused boolean not null default false,
  primary key (workspace_id, name)
);

-- Runs name their lane without a reference.
create trigger lanes_never_go before delete or truncate or update of workspace_id, name on public.lanes
  for each statement execute function engine.refuse_change();
