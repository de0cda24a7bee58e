// The cast of the access tests: one workspace, Alpha, with a member of every sort, and people who have no business there.
import type { TestDatabase } from "../../e2e/database.ts";

/** `operator` and `blindViewer` lack the payload right; the other members have it. */
export const members = ["owner", "editor", "operator", "viewer", "blindViewer"] as const;
export const outsiders = ["stranger", "exMember", "anonymous"] as const;
export type Person = (typeof members)[number] | (typeof outsiders)[number];

export interface Cast {
  readonly alpha: string;
  /** The stranger's own workspace. */
  readonly beta: string;
  readonly ids: Readonly<Record<Person, string>>;
}

/** Signs everybody up and makes both workspaces, through the verbs the app uses. */
export async function castPeople(db: TestDatabase): Promise<Cast> {
  const people = [...members, ...outsiders];
  const made = await Promise.all(people.map((person) => db.createUser(`${person}@example.com`)));
  const ids = Object.fromEntries(people.map((person, at) => [person, made[at]])) as Record<Person, string>;
  const owner = db.asUser(ids.owner);
  const [alpha] = await owner`select id from public.create_workspace(name => 'Alpha')`;
  const [beta] = await db.asUser(ids.stranger)`select id from public.create_workspace(name => 'Beta')`;
  for (const [person, role, seesPayloads] of [
    ["editor", "editor", true],
    ["operator", "operator", false],
    ["viewer", "viewer", true],
    ["blindViewer", "viewer", false],
    ["exMember", "editor", true],
  ] as const) {
    await owner`select public.add_member(${alpha!["id"]}, ${`${person}@example.com`}, ${role}, ${seesPayloads})`;
  }
  await owner`select public.remove_member(${alpha!["id"]}, ${ids.exMember})`;
  return { alpha: alpha!["id"], beta: beta!["id"], ids };
}

/** Connections as this person; the anonymous one carries the claim of an anonymous sign-in. */
export function as(db: TestDatabase, cast: Cast, person: Person) {
  return db.asUser(cast.ids[person], person === "anonymous" ? { is_anonymous: true } : {});
}
