import { expect, test } from "vitest";
import { StepError } from "../../../src/core/failure.ts";
import { Stopped } from "../stop.ts";
import { verdictOf } from "./watch-calls.ts";

const error = (...[errorClass, code]: [StepError["errorClass"], string]) =>
  new StepError(errorClass, code, "It failed.");

test("server errors, silence and broken-off answers count against a host", () => {
  const failures = [
    verdictOf(undefined, 500),
    verdictOf(undefined, 503),
    verdictOf(undefined, 529),
    verdictOf(error("transient", "network"), undefined),
    verdictOf(error("transient", "overloaded"), undefined),
    verdictOf(error("timeout", "timeout"), undefined),
    // The status was good, and then the answer broke off.
    verdictOf(error("transient", "network"), 200),
  ];
  expect(new Set(failures)).toEqual(new Set(["failed"]));
});

test("a refusal of one request is an answer", () => {
  const answers = [
    ...[200, 301, 400, 401, 404, 408, 409, 422, 425, 429, 501].map((status) => verdictOf(undefined, status)),
    verdictOf(error("rate_limited", "http_429"), undefined),
    verdictOf(error("auth", "connection_invalid"), undefined),
    verdictOf(error("permanent", "tool_error"), undefined),
    verdictOf(error("validation", "output_invalid"), 200),
  ];
  expect(new Set(answers)).toEqual(new Set(["answered"]));
});

test("what never reached the host, and what was stopped, says nothing about it", () => {
  const nothing = [
    verdictOf(error("policy", "egress_denied"), undefined),
    verdictOf(error("permanent", "tls_invalid"), undefined),
    verdictOf(error("transient", "engine_away"), undefined),
    verdictOf(error("budget", "budget_exhausted"), undefined),
    verdictOf(new Stopped("cancelled"), undefined),
    verdictOf(new TypeError("a bug"), undefined),
  ];
  expect(new Set(nothing)).toEqual(new Set(["nothing"]));
});
