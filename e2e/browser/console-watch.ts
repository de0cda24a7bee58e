// Listens to everything the pages of a browser complain about.
import type { BrowserContext } from "@playwright/test";

export interface ConsoleWatch {
  /** From now on, complaints with this text are part of the test. */
  allow: (text: RegExp) => void;
  /** Begins to listen to a browser. */
  watch: (context: BrowserContext) => void;
  /** Errors and warnings nobody allowed, each with the page that said it. */
  unexpected: () => string[];
}

export function watchConsole(): ConsoleWatch {
  const said: string[] = [];
  const allowed: RegExp[] = [];
  const watch = (context: BrowserContext) => {
    context.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      said.push(`${message.type()}: ${message.text()} ${message.location().url}`);
    });
    context.on("weberror", (error) => said.push(`uncaught: ${error.error().message}`));
  };
  return {
    watch,
    allow: (text) => allowed.push(text),
    unexpected: () => said.filter((line) => !allowed.some((text) => text.test(line))),
  };
}
