// The bits of a dense table. Give a clickable row a link or button in its first cell.
import type { ComponentProps } from "react";
import { cx } from "./cx.ts";

interface TableProps extends ComponentProps<"table"> {
  /** What its columns need in pixels; on a smaller screen the table scrolls sideways by itself, and no column is lost. */
  minWidth?: number;
}

export function Table({ className, minWidth, style, ...rest }: TableProps) {
  const table = (
    <table
      className={cx("w-full table-fixed border-separate border-spacing-0 text-base", className)}
      style={minWidth === undefined ? style : { ...style, minWidth }}
      {...rest}
    />
  );
  if (minWidth === undefined) return table;
  return (
    // In the tab order, so that keys can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div tabIndex={0} className="overflow-x-auto focus-visible:-outline-offset-2">
      {table}
    </div>
  );
}

export function TableHead({ className, ...rest }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cx(
        "sticky top-0 z-10 h-8 border-b border-line bg-panel px-3 text-left text-sm font-medium whitespace-nowrap text-muted first:pl-4 last:pr-4",
        className,
      )}
      {...rest}
    />
  );
}

export function TableRow({ className, ...rest }: ComponentProps<"tr">) {
  return <tr className={cx("group/row hover:bg-hover", className)} {...rest} />;
}

export function TableCell({ className, ...rest }: ComponentProps<"td">) {
  return (
    <td className={cx("h-11 truncate border-b border-line px-3 first:pl-4 last:pr-4", className)} {...rest} />
  );
}
