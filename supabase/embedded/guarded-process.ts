import { type ChildProcess, spawn } from "node:child_process";

/**
 * A child whose life is tied to ours by a pipe: when this process ends, however it ends, the shell on the other side
 * reads end-of-file and signals the child. Without it a `kill -9` of the host would leave servers behind.
 */
const GUARD = `
exec 3<&0
"$@" 3<&- </dev/null &
child=$!
( read -r _ <&3; kill -s "$RUNBOARD_GUARD_SIGNAL" $child 2>/dev/null ) &
reader=$!
exec 3<&- 2>/dev/null
wait $child
code=$?
kill $reader 2>/dev/null
exit $code
`;

export interface GuardedOptions {
  /** Signal that asks the program to stop. Postgres: INT (fast shutdown). Everything else: TERM. */
  readonly stopSignal: "INT" | "TERM";
  readonly env: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  /** Called with each chunk of stdout and stderr, as UTF-8 text. */
  readonly onOutput: (text: string) => void;
}

export interface GuardedProcess {
  /** Resolves with the exit code, or the signal's name when a signal ended the program. Never rejects. */
  readonly exited: Promise<number | string>;
  /** Asks the program to stop and waits; after `graceMs` it is killed with everything it started. */
  stop(graceMs: number): Promise<void>;
  /** The crash: kills the program and everything it started, as `kill -9` does. */
  kill(): Promise<void>;
  isRunning(): boolean;
}

/**
 * Starts a program in a process group of its own (so Ctrl-C in the terminal reaches only the host, which stops its
 * children in the right order) and guards it against the death of the host.
 * @param command absolute path of the program
 */
export function startGuarded(
  command: string,
  args: readonly string[],
  options: GuardedOptions,
): GuardedProcess {
  const windows = process.platform === "win32";
  const identity =
    options.uid === undefined || options.gid === undefined ? {} : { uid: options.uid, gid: options.gid };
  const child: ChildProcess = spawn(
    windows ? command : "/bin/sh",
    windows ? args : ["-c", GUARD, "guard", command, ...args],
    {
      ...identity,
      cwd: "/",
      detached: !windows,
      env: { ...options.env, RUNBOARD_GUARD_SIGNAL: options.stopSignal },
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  let running = true;
  const exited = new Promise<number | string>((resolve) => {
    child.once("error", (error) => {
      options.onOutput(`${error.message}\n`);
      running = false;
      resolve(error.message);
    });
    child.once("exit", (code, signal) => {
      running = false;
      resolve(signal ?? code ?? 0);
    });
  });
  child.stdin?.on("error", () => {});
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", options.onOutput);
  }

  async function stop(graceMs: number): Promise<void> {
    if (!running) return;
    if (windows) child.kill();
    else child.stdin?.end();
    const timer = setTimeout(() => killGroup(child), graceMs);
    await exited;
    clearTimeout(timer);
  }

  async function kill(): Promise<void> {
    killGroup(child);
    await exited;
  }

  return { exited, stop, kill, isRunning: () => running };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // The group ended between the timer and the signal.
  }
}
