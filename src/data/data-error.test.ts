import { expect, test } from "vitest";
import { asDataError, dataErrorOf, isPassing } from "./data-error.ts";

test("the database's own words and hint are kept", () => {
  const error = dataErrorOf({
    code: "RB409",
    message: "The draft was saved elsewhere.",
    hint: "Load it again.",
  });
  expect([error.code, error.message, error.hint]).toEqual([
    "RB409",
    "The draft was saved elsewhere.",
    "Load it again.",
  ]);
});

test("a server that does not answer is called offline", () => {
  expect(dataErrorOf({ message: "TypeError: Failed to fetch" }).code).toBe("offline");
  expect(asDataError(new TypeError("NetworkError when attempting to fetch resource.")).code).toBe("offline");
});

test("a database that does not answer passes by itself, as being offline does", () => {
  const away = dataErrorOf({ code: "PGRST001", message: "Database client error. Retrying the connection." });
  expect([away.code, away.message]).toEqual(["database_away", "The database does not answer."]);
  expect(isPassing(away)).toBe(true);
  expect(isPassing(dataErrorOf({ message: "Failed to fetch" }))).toBe(true);
  expect(isPassing(dataErrorOf({ code: "RB404", message: "There is no such run." }))).toBe(false);
  expect(isPassing(new TypeError("x is undefined"))).toBe(false);
});

test("a token that ran out is called an ended session", () => {
  expect(dataErrorOf({ code: "PGRST303", message: "JWT expired" }).code).toBe("session_expired");
  expect(dataErrorOf({ code: "RB401", message: "Nobody is signed in." }).code).toBe("session_expired");
});

test("what is already ours is passed on as it is", () => {
  const error = dataErrorOf({ code: "RB404", message: "There is no such run." });
  expect(asDataError(error)).toBe(error);
});
