import { expect, test } from "vitest";
import { failureWords } from "./failure-words.ts";

const failure = { class: "permanent", code: "refused", message: "It said no." } as const;

test("a failure says what, why and what next, and how often it was tried", () => {
  expect(failureWords(failure, 3)).toEqual({
    what: "It said no.",
    why: "The failure is final: the same call would end the same way. It was tried 3 times.",
    next: "Correct the step in the builder and retry with the new version.",
    raw: undefined,
  });
});

test("a deadline that passed is not called final: a retry has the whole time again", () => {
  const { why } = failureWords({ ...failure, code: "deadline" });
  expect(why).toBe("Time was up. What had ended by then is kept; a retry has the whole time again.");
});
