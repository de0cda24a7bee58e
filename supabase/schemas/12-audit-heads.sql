-- The last link of each workspace's audit chain: the lock that numbers rows, and the witness that none was cut off the end.
create table engine.audit_heads (
  workspace_id uuid primary key,
  n bigint not null,
  hash text not null
);

alter table engine.audit_heads enable row level security;
