import { randomUUID } from "node:crypto";

/** One tracked connection: the user's payload and a reference of this server. */
export interface Meta {
  readonly phx_ref: string;
  readonly [field: string]: unknown;
}

export type PresenceState = Record<string, { metas: Meta[] }>;

export interface PresenceDiff {
  readonly joins: PresenceState;
  readonly leaves: PresenceState;
}

/** Who is present on one topic. A member is one channel of one socket; several may share a key. */
export class Presence {
  readonly #members = new Map<unknown, { readonly key: string; readonly meta: Meta }>();

  /** Adds the member or replaces what it shows. */
  track(member: unknown, key: string, payload: Readonly<Record<string, unknown>>): PresenceDiff {
    const before = this.#members.get(member);
    const previous = before === undefined ? {} : { phx_ref_prev: before.meta.phx_ref };
    const meta: Meta = { ...payload, ...previous, phx_ref: randomUUID() };
    this.#members.set(member, { key, meta });
    return { joins: group([{ key, meta }]), leaves: group(before === undefined ? [] : [before]) };
  }

  /** Removes the member; undefined when it was not present. */
  untrack(member: unknown): PresenceDiff | undefined {
    const before = this.#members.get(member);
    if (before === undefined) return undefined;
    this.#members.delete(member);
    return { joins: {}, leaves: group([before]) };
  }

  state(): PresenceState {
    return group([...this.#members.values()]);
  }
}

function group(members: readonly { readonly key: string; readonly meta: Meta }[]): PresenceState {
  // Keys are the clients' own words: on an ordinary object "constructor" would be there already.
  const state: PresenceState = Object.create(null);
  for (const { key, meta } of members) (state[key] ??= { metas: [] }).metas.push(meta);
  return state;
}
