// Reads what the caller hands over: JSON on the command line, or a file named with @.
import { readFileSync } from "node:fs";
import { Json, JsonObject } from "../core/json.ts";
import { CliError } from "./cli-error.ts";

const largestFile = 10 * 1024 * 1024;

/** @throws CliError when the file cannot be read or is over 10 MB */
export function readFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new CliError("no_file", `The file ${path} cannot be read.`, "Check the path and its permissions.");
  }
  if (text.length > largestFile)
    throw new CliError(
      "file_too_large",
      `${path} is larger than 10 MB, the most a workflow or an input may be.`,
      "Split it up, or pass large data by a URL.",
    );
  return text;
}

/** `{"a": 1}` or `@file.json`; nothing means an empty object. */
export function readInput(given: string | undefined): JsonObject {
  if (given === undefined) return {};
  const text = given.startsWith("@") ? readFile(given.slice(1)) : given;
  try {
    return JsonObject.parse(JSON.parse(text));
  } catch {
    throw new CliError(
      "bad_input",
      "The input is not a JSON object.",
      `Write --input '{"name": "value"}' or --input @file.json.`,
    );
  }
}

/** Any JSON, or `@file.json`. */
export function readPayload(given: string): Json {
  const text = given.startsWith("@") ? readFile(given.slice(1)) : given;
  try {
    return Json.parse(JSON.parse(text));
  } catch {
    throw new CliError(
      "bad_input",
      "The payload is not JSON.",
      `Write --payload '{"name": "value"}', a quoted text such as '"yes"', or --payload @file.json.`,
    );
  }
}
