// Everything one attempt leaves behind besides its outcome.
import type { ArtifactDraft, StepReport } from "../../src/core/worker.ts";
import { CallLog } from "./capabilities/call-log.ts";
import { Redactor } from "./redact.ts";

type Line = StepReport["logs"][number];
const MOST_LINES = 200;
const LONGEST_LINE = 2_000;

export class AttemptRecord {
  readonly redactor = new Redactor();
  readonly log = new CallLog(this.redactor);
  readonly artifacts: ArtifactDraft[] = [];
  readonly lines: Line[] = [];
  readonly #started = performance.now();
  #dropped = 0;

  write(level: Line["level"], text: string): void {
    if (this.lines.length >= MOST_LINES) {
      this.#dropped++;
      return;
    }
    this.lines.push({ at: new Date().toISOString(), level, text: text.slice(0, 4 * LONGEST_LINE) });
  }

  /** The fields of a report, with every secret the attempt used masked. */
  report(): Pick<StepReport, "calls" | "artifacts" | "logs" | "proofs" | "activeMs"> {
    if (this.#dropped > 0) {
      const text = `${this.#dropped} further lines were dropped: an attempt keeps ${MOST_LINES}.`;
      this.lines.push({ at: new Date().toISOString(), level: "warn", text });
      this.#dropped = 0;
    }
    const clean = (text: string) => this.redactor.text(text).toWellFormed().replaceAll("\u0000", "\ufffd");
    return {
      calls: this.log.calls,
      artifacts: this.artifacts,
      logs: this.lines.map((line) => ({
        ...line,
        text: clean(line.text).slice(0, LONGEST_LINE).toWellFormed(),
      })),
      proofs: [],
      activeMs: Math.round(performance.now() - this.#started),
    };
  }
}
