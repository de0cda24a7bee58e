-- The codes this database raises, in one place. Codes are permanent; clients switch on them.
-- A request that came through REST gets `status`, and a body of code, message, details and hint; see 00-raise.sql. Anywhere else
-- the code is the SQLSTATE of the error.
create table engine.error_codes (
  code text primary key check (code ~ '^RB[0-9]{3}$'),
  status int not null,
  meaning text not null
);

insert into engine.error_codes (code, status, meaning) values
  ('RB001', 409, 'illegal move: a run or step cannot go from this status to that one by this event'),
  ('RB401', 401, 'no session: the request carries no token of a person'),
  ('RB403', 403, 'not allowed: a member, but without the role this needs'),
  ('RB404', 404, 'not found: missing or in a workspace the caller is no member of; the two look the same'),
  ('RB405', 405, 'never changes: the row is only ever added, not changed or deleted'),
  ('RB409', 409, 'conflict: somebody else was faster, or the name is taken'),
  ('RB413', 413, 'too large: over a documented limit'),
  ('RB422', 422, 'invalid: the input does not have the shape or values this needs'),
  ('RB429', 429, 'too many: a limit of the workspace is reached');

alter table engine.error_codes enable row level security;
