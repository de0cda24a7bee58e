// What to do about each promise that `supabase/tests/invariants.sql` can find broken.

const stuck = "The run cannot move by itself. Cancel it and retry it; what succeeded is kept.";
const miscounted =
  "Its rows disagree with each other: something wrote past the engine, or part of a backup was restored. Cancel and retry the run, and restore from one backup as a whole.";
const tampered =
  "Rows were changed, added or removed outside Runboard. Compare them with a backup, find out who has access to the database, and change its passwords.";
const strayed =
  "Rows of one workspace hang on a run of another. Close the database to everybody until it is clear how they came there, then delete or move them.";

/** By promise, as the query words it. */
export const doctorAdvice: Readonly<Record<string, string>> = {
  "counts equal the steps": miscounted,
  "an unfinished run has something ready, running or waiting": stuck,
  "a finished run has nothing unfinished": miscounted,
  "a run is running while a step is ready or running, waiting when only waits are left": miscounted,
  "events are dense from 1 to last_seq": miscounted,
  "the last event of a step says its status": miscounted,
  "the last event of a run says its status": miscounted,
  "a step succeeds at most once":
    "An outcome was recorded twice. Look at the step's attempts for what it did the second time, and report it with the run's events.",
  "attempts are dense and the last is the step's": miscounted,
  "attempts only rise": miscounted,
  "an output stands where a step produced one": miscounted,
  "a running step has a lease and a worker": stuck,
  "a wait that ends by itself is found when it is due": stuck,
  "nothing ends before it began, whatever the clock did":
    "Durations of this run are wrong, its outcome is not. Look at how the clock of the database's machine is kept, and report it with the run's events.",
  "a run undoes what succeeded, one after the other, and ends as it was about to":
    "Look at the run's rollback steps and at what they should have undone; undo the rest by hand, then cancel the run if it has not ended.",
  "an open question belongs to a waiting step":
    "The question can no longer be answered. Nothing waits for it; it may be closed by cancelling its run.",
  "a step that waits for a person has an open question": stuck,
  "a step that waits for a run has one under way": stuck,
  "a finished run holds no place in its lane":
    "The lane admits one run fewer than it should. Raise its limit by one until the next start of Runboard, and report it with the run's id.",
  "the workspace is the run's": strayed,
  "the workspace is the run's (attempts)": strayed,
  "the workspace is the run's (events)": strayed,
  "the workspace is the run's (payloads, proofs, artifacts, questions)": strayed,
  "proofs are a chain from the plan to the head": tampered,
  "a proof's hash is that of its fields": tampered,
  "a proof's evidence is what was hashed": tampered,
  "what happened once started at most one run":
    "One delivery, slot or ended run was answered with a run of another. Report it with the rows of public.firings that share the run.",
  "a run says which trigger fired it": strayed,
  "the workspace is the trigger's (firings)": strayed,
  "the audit log is a chain": tampered,
  "an operation's progress is that of its runs":
    "Its figures are wrong, its runs are not: read what became of each with `runboard runs bulk show`.",
};
