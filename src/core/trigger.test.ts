import { describe, expect, test } from "vitest";
import type { JsonObject } from "./json.ts";
import { inputOf, type TriggerMap } from "./trigger.ts";

const order = {
  type: "object",
  required: ["id"],
  properties: {
    id: { type: "string" },
    total: { type: "number" },
    note: { type: "string", default: "none" },
  },
};
const event = { body: { id: "a1", total: 12, secret: "x" }, headers: { "x-shop": "north" } };
const facts = (more: Partial<TriggerMap>): TriggerMap => ({
  map: {},
  base: "event.body",
  input: order,
  vars: { limit: 5 },
  ...more,
});

describe("the input an event gives", () => {
  test("is what fits by name", () => {
    expect(inputOf(facts({}), event)).toEqual({ id: "a1", total: 12 });
  });
  test("leaves out a null its field does not take", () => {
    expect(inputOf(facts({}), { body: { id: "a1", total: null } })).toEqual({ id: "a1" });
  });
  test("is everything where the workflow names no field", () => {
    expect(inputOf(facts({ input: { type: "object", properties: {} } }), event)).toEqual(event.body);
  });
  test("is nothing where the event has no object to offer", () => {
    expect(inputOf(facts({ input: {} }), { body: "text" })).toEqual({});
  });
  test("takes the map on top", () => {
    const map = {
      id: { template: "{{ event.headers['x-shop'] }}-{{ event.body.id }}" },
      total: { expr: "event.body.total + vars.limit" },
    };
    expect(inputOf(facts({ map }), event)).toEqual({ id: "north-a1", total: 17 });
  });
  test("leaves out what a reference with a mark does not find", () => {
    expect(inputOf(facts({ map: { total: { ref: "event.body.sum?" } } }), event)).toEqual({ id: "a1" });
  });
  test("keeps null where the field takes it", () => {
    const input = { type: "object", properties: { id: { type: ["string", "null"] } } };
    expect(inputOf(facts({ input, map: { id: { ref: "event.body.none?" } } }), event)).toEqual({ id: null });
  });
  test("may lack what has a default", () => {
    const input = {
      type: "object",
      required: ["note"],
      properties: { note: { type: "string", default: "none" } },
    };
    expect(inputOf(facts({ input }), event)).toEqual({});
  });
});

function refusal(more: Partial<TriggerMap>, given: JsonObject): string {
  try {
    return JSON.stringify(inputOf(facts(more), given));
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
}

test("an event that does not fit is refused with the field", () => {
  expect(refusal({}, { body: { total: 1 } })).toBe(
    "The event does not give the input this workflow asks for. id: This is required, and it is missing.",
  );
  expect(refusal({}, { body: { id: 7 } })).toBe(
    "The event does not give the input this workflow asks for. id: Invalid input: expected string, received number.",
  );
  expect(refusal({ map: { id: { ref: "event.body.nope" } } }, event)).toBe(
    "There is no value at event.body.nope: it was not set on the way this run took.",
  );
});
