// Everything the compiler says, one line each. A line leads to its node and field.
import { Info, TriangleAlert, X } from "lucide-react";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { cx } from "../../ui/cx.ts";
import { IconButton } from "../../ui/icon-button.tsx";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import type { CommandContext } from "../command.ts";
import { nameOf } from "../edit/connect.ts";

const marks = {
  error: { Icon: TriangleAlert, className: "text-failed", label: "Error" },
  warning: { Icon: TriangleAlert, className: "text-waiting", label: "Warning" },
  info: { Icon: Info, className: "text-muted", label: "Note" },
};

/** One diagnostic: where, what and what to do. */
export function ProblemLine({ diagnostic, onOpen }: { diagnostic: Diagnostic; onOpen?: () => void }) {
  const { nodeOf } = useBuilderValue();
  const node = useBuilder((state) => state.doc.nodes.find((entry) => entry.id === diagnostic.nodeId));
  const { Icon, className, label } = marks[diagnostic.severity];
  const content = (
    <>
      <Icon className={cx("mt-0.5 size-3.5 shrink-0", className)} aria-label={label} />
      <span className="min-w-0">
        {node && <span className="font-medium">{nameOf(node, nodeOf)}: </span>}
        {diagnostic.message} <span className="text-muted">{diagnostic.hint}</span>
        <code className="ml-1.5 font-mono text-xs text-faint">{diagnostic.code}</code>
      </span>
    </>
  );
  if (!onOpen) return <div className="flex gap-2 px-3 py-1">{content}</div>;
  return (
    <button
      type="button"
      className="flex w-full gap-2 px-3 py-1 text-left hover:bg-hover focus-visible:-outline-offset-2"
      onClick={onOpen}
    >
      {content}
    </button>
  );
}

export function ProblemsPanel({ context }: { context: () => CommandContext }) {
  const diagnostics = useBuilder((state) => state.compiled.diagnostics);
  const set = useBuilder((state) => state.set);
  const select = useBuilder((state) => state.select);
  const go = (diagnostic: Diagnostic) => {
    if (diagnostic.nodeId === undefined) {
      select([]);
    } else {
      select([diagnostic.nodeId]);
      context().canvas.reveal(diagnostic.nodeId);
    }
    set({ focusPath: diagnostic.path ?? null });
  };
  return (
    <section aria-label="Problems" className="flex max-h-56 shrink-0 flex-col border-t border-line bg-panel">
      <header className="flex h-8 shrink-0 items-center justify-between pr-1 pl-3">
        <h2 className="text-sm font-medium">Problems</h2>
        <IconButton
          size="sm"
          label="Close problems"
          icon={<X />}
          onClick={() => set({ problemsOpen: false })}
        />
      </header>
      <ul className="min-h-0 overflow-y-auto pb-2">
        {diagnostics.map((diagnostic, index) => (
          <li key={`${diagnostic.code} ${diagnostic.nodeId ?? ""} ${diagnostic.path ?? ""} ${index}`}>
            <ProblemLine diagnostic={diagnostic} onOpen={() => go(diagnostic)} />
          </li>
        ))}
        {diagnostics.length === 0 && (
          <li className="px-3 py-1 text-muted">Nothing is wrong: this draft can be published.</li>
        )}
      </ul>
    </section>
  );
}
