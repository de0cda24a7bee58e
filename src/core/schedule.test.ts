import { describe, expect, test } from "vitest";
import { distanceOf, dueSlots, nextSlots, scheduleProblem, type Schedule } from "./schedule.ts";

const at = (time: string) => Date.parse(time);
const iso = (times: number[]) => times.map((time) => new Date(time).toISOString().slice(0, 16));
const schedule = (cron: string, more: Partial<Schedule> = {}): Schedule => ({
  cron,
  timezone: "America/New_York",
  catchUp: "none",
  jitterMs: 0,
  ...more,
});
const minutely = (more: Partial<Schedule> = {}) => schedule("* * * * *", { timezone: "UTC", ...more });

/** Every slot an engine that looks once a minute fires, with the day's clock change in it. */
function fired(cron: string, from: string, hours: number): string[] {
  let cursor = at(from);
  const found: number[] = [];
  for (let now = cursor; now <= at(from) + hours * 3_600_000; now += 60_000) {
    const due = dueSlots(schedule(cron), "one", cursor, now);
    found.push(...due.slots.map(({ slot }) => slot));
    cursor = due.cursor;
  }
  return iso(found);
}

/** A look a minute for a day is much work for a busy machine. */
const patient = { timeout: 60_000 };

describe("on the day clocks go forward", patient, () => {
  test("a daily time in the hour that is left out comes once, when that hour would have been", () => {
    expect(fired("30 2 * * *", "2026-03-08T05:00:00Z", 24)).toEqual(["2026-03-08T07:00"]);
  });
  test("every half hour goes on without a gap", () => {
    expect(fired("*/30 * * * *", "2026-03-08T06:00:00Z", 2)).toEqual([
      "2026-03-08T06:30",
      "2026-03-08T07:00",
      "2026-03-08T07:30",
      "2026-03-08T08:00",
    ]);
  });
});

describe("on the day clocks go back", patient, () => {
  test("a daily time in the hour that comes twice comes once", () => {
    expect(fired("30 1 * * *", "2026-11-01T04:00:00Z", 24)).toEqual(["2026-11-01T05:30"]);
  });
  test("every half hour comes in both hours, each once", () => {
    expect(fired("*/30 * * * *", "2026-11-01T05:00:00Z", 2)).toEqual([
      "2026-11-01T05:30",
      "2026-11-01T06:00",
      "2026-11-01T06:30",
      "2026-11-01T07:00",
    ]);
  });
});

describe("after ten minutes without an engine", () => {
  const after = (catchUp: Schedule["catchUp"], now = "2026-05-01T12:10:30Z") =>
    iso(
      dueSlots(minutely({ catchUp }), "one", at("2026-05-01T12:00:30Z"), at(now)).slots.map(
        ({ slot }) => slot,
      ),
    );

  test("none fires only what is on time", () => {
    expect(after("none")).toEqual(["2026-05-01T12:10"]);
  });
  test("latest makes one of them all", () => {
    expect(after("latest")).toEqual(["2026-05-01T12:10"]);
    const hourly = schedule("0 * * * *", { catchUp: "latest", timezone: "UTC" });
    const due = dueSlots(hourly, "one", at("2026-05-01T08:30:00Z"), at("2026-05-01T12:10:00Z"));
    expect(iso(due.slots.map(({ slot }) => slot))).toEqual(["2026-05-01T12:00"]);
  });
  test("all makes one of each, oldest first", () => {
    expect(after("all")).toEqual(
      ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10"].map((minute) => `2026-05-01T12:${minute}`),
    );
  });
  test("all stops at the last hundred missed ones", () => {
    const due = dueSlots(
      minutely({ catchUp: "all" }),
      "one",
      at("2026-01-01T00:00:00Z"),
      at("2026-05-01T12:00:30Z"),
    );
    expect(due.slots.length).toBe(101);
    expect(iso(due.slots.slice(0, 1).map(({ slot }) => slot))).toEqual(["2026-05-01T10:20"]);
  });
});

test("asking again from where the last answer ended gives nothing twice", () => {
  const first = dueSlots(minutely(), "one", at("2026-05-01T12:00:00Z"), at("2026-05-01T12:01:10Z"));
  expect(iso(first.slots.map(({ slot }) => slot))).toEqual(["2026-05-01T12:01"]);
  expect(dueSlots(minutely(), "one", first.cursor, at("2026-05-01T12:01:20Z")).slots).toEqual([]);
  expect(iso([first.next ?? 0])).toEqual(["2026-05-01T12:02"]);
});

test("a clock that goes back fires nothing again", () => {
  const first = dueSlots(minutely(), "one", at("2026-05-01T12:00:00Z"), at("2026-05-01T12:01:10Z"));
  const again = dueSlots(minutely(), "one", first.cursor, at("2026-05-01T12:00:30Z"));
  expect(again.slots).toEqual([]);
  expect(again.cursor).toBe(first.cursor);
});

test("a thousand triggers of one minute are spread over the time given, each always by the same", () => {
  const ids = Array.from(
    { length: 1_000 },
    (_, n) => `0d9c1f6a-0000-4000-8000-${String(n).padStart(12, "0")}`,
  );
  const distances = ids.map((id) => distanceOf(id, 30_000));
  expect(new Set(distances.map((distance) => Math.floor(distance / 1_000))).size).toBe(30);
  expect(ids.map((id) => distanceOf(id, 30_000))).toEqual(distances);
  const [id = ""] = ids;
  const due = dueSlots(
    minutely({ jitterMs: 30_000 }),
    id,
    at("2026-05-01T12:00:00Z"),
    at("2026-05-01T12:01:59Z"),
  );
  expect(due.slots).toEqual([
    { slot: at("2026-05-01T12:01:00Z"), at: at("2026-05-01T12:01:00Z") + distanceOf(id, 30_000) },
  ]);
});

test("what never comes round is never due", () => {
  const never = schedule("0 0 30 2 *");
  expect(dueSlots(never, "one", at("2026-01-01T00:00:00Z"), at("2026-06-01T00:00:00Z"))).toMatchObject({
    slots: [],
    next: null,
  });
  expect(nextSlots(never, at("2026-01-01T00:00:00Z"), 3)).toEqual([]);
});

test("says what is wrong with a schedule", () => {
  expect(scheduleProblem("0 9 * * 1-5", "Europe/Berlin")).toBeNull();
  expect(scheduleProblem("*/10 * * * * *", "UTC")).toBeNull();
  expect(scheduleProblem("60 * * * *", "UTC")).toBe("Invalid value for minute: 60");
  expect(scheduleProblem("* * *", "UTC")).toBe(
    "Cron has five fields (minute, hour, day, month, weekday), or six with seconds first.",
  );
  expect(scheduleProblem("0 9 * * *", "Mars/Base")).toBe('There is no time zone "Mars/Base".');
});

test("names the next times in the zone of the schedule", () => {
  expect(
    iso(nextSlots({ cron: "0 9 * * 1-5", timezone: "Europe/Berlin" }, at("2026-10-23T12:00:00Z"), 3)),
  ).toEqual(["2026-10-26T08:00", "2026-10-27T08:00", "2026-10-28T08:00"]);
});
