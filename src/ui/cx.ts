// Joins class names so that the later of two that set the same thing wins.
import { clsx, type ClassValue } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({
  extend: {
    theme: { radius: ["control", "card"], shadow: ["float"], text: ["xs", "sm", "base", "lg", "xl"] },
  },
});

/** @returns one class attribute; falsy parts are left out */
export function cx(...parts: ClassValue[]): string {
  return merge(clsx(parts));
}
