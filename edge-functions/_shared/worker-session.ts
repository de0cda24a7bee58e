// The database session by which others see that this process lives. It runs nothing: a busy one would still be listed
// seconds after its process died.

/** An open session; closing it says that the worker is gone. */
export interface OpenSession {
  close(): Promise<void>;
}

/** @param onLost called once when the session ends, whoever ended it */
export type ConnectSession = (onLost: () => void) => Promise<OpenSession>;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/** Keeps one session open: while there is none, others may take this worker's steps over, so it starts nothing new. */
export class WorkerSession {
  readonly #connect: ConnectSession;
  #opening: Promise<void> | undefined;
  #since: number | undefined;
  #closed = false;
  #session: OpenSession | undefined;
  #opened: () => void = () => undefined;

  constructor(connect: ConnectSession) {
    this.#connect = connect;
  }

  /** Monotonic time since which the session stands; undefined while there is none. */
  get since(): number | undefined {
    return this.#since;
  }

  /** @param listener called whenever the session was lost and there is a new one */
  onOpened(listener: () => void): void {
    this.#opened = listener;
  }

  /** Resolves when there is a session. @throws whatever connecting throws, the first time */
  async open(): Promise<void> {
    if (this.#since !== undefined) return;
    this.#opening ??= this.#connectOnce().finally(() => {
      this.#opening = undefined;
    });
    await this.#opening;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#since = undefined;
    await this.#session?.close();
  }

  async #connectOnce(): Promise<void> {
    let lost = false;
    let session: OpenSession | undefined;
    session = await this.#connect(() => {
      lost = true;
      // Not yet this worker's session, or not any more.
      if (session === undefined || this.#session !== session) return;
      this.#since = undefined;
      void this.#openAgain();
    });
    this.#session = session;
    if (lost) throw new Error("The worker's session ended as soon as it was opened.");
    this.#since = performance.now();
  }

  async #openAgain(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.#closed; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await new Promise((done) => setTimeout(done, pause));
      const isOpen = await this.open().then(
        () => true,
        () => false,
      );
      if (isOpen) return this.#opened();
    }
  }
}
