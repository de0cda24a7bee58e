import { cx } from "./cx.ts";

/** The number of problems a node has, at its lower right. Triangle and square differ, not only the colours. */
export function ProblemCorner({ severity, count }: { severity: "error" | "warning"; count: number }) {
  const words = `${count} ${severity}${count === 1 ? "" : "s"}`;
  return (
    <span
      title={words}
      className={cx(
        "absolute -right-1.5 -bottom-2 inline-flex h-4 min-w-4 items-center justify-center px-1 text-xs leading-none font-semibold tabular",
        severity === "error"
          ? "rounded-sm bg-failed-solid text-white"
          : "rounded-full border border-waiting bg-waiting-soft text-waiting",
      )}
    >
      <span aria-hidden>{count}</span>
      <span className="sr-only">{words}</span>
    </span>
  );
}
