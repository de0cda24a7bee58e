-- Files in Storage whose run retention removed. Workers delete them over the Storage service, which alone may, and then these rows.
create table engine.file_removals (
  path text primary key,
  due_at timestamptz not null
);

create index file_removals_due on engine.file_removals (due_at);
