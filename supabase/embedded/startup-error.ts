/** A start that cannot go on, told to the person at the terminal: what happened, why, what to do next. */
export class StartupError extends Error {
  readonly hint: string;

  /**
   * @param message what happened and why, one or two sentences
   * @param hint    what to do next
   */
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartupError";
    this.hint = hint;
  }
}
