import { nanoid } from "nanoid";

/** A random id for a node, edge, frame or note; never shown. */
export function newId(): string {
  return nanoid(10);
}
