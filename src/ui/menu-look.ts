// The look shared by everything that floats with items in it.

export const floatClass =
  "z-50 min-w-44 max-w-96 overflow-hidden rounded-card border border-line bg-raised text-ink shadow-float animate-enter";

export const itemClass =
  "relative flex min-h-7 cursor-default items-center gap-2 rounded-control px-2 py-1 text-base outline-none select-none " +
  "data-highlighted:bg-hover data-disabled:text-faint data-disabled:opacity-60 touch:min-h-8 " +
  "[&>svg]:size-3.5 [&>svg]:shrink-0 [&>svg]:text-muted";

export const dangerItemClass = "text-failed [&>svg]:text-failed";
