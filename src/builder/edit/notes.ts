import type { CanvasDoc, StickyNote } from "../../core/canvas.ts";

/** Changes one sticky note. */
export function patchNote(doc: CanvasDoc, id: string, part: Partial<StickyNote>): CanvasDoc {
  return { ...doc, notes: doc.notes.map((note) => (note.id === id ? { ...note, ...part } : note)) };
}
