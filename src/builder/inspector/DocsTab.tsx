// What a kind does, in its own file's words.
import type { Node, Port, Ports } from "../../core/node.ts";
import { describeSchema } from "../../core/ports.ts";
import { CodeBlock } from "../../ui/code-block.tsx";

export function DocsTab({ kind, ports }: { kind: Node; ports: Ports }) {
  return (
    <div className="flex flex-col gap-4">
      <p>{kind.summary}</p>
      <PortTable title="Takes" ports={ports.inputs} empty="Nothing." />
      <PortTable
        title="Gives"
        ports={ports.outputs}
        routes={ports.routes}
        empty="Nothing; later nodes can wait for it."
      />
      <section>
        <h3 className="mb-1 text-sm font-medium">An example</h3>
        <CodeBlock text={JSON.stringify(kind.sample, null, 2)} />
      </section>
      <p className="text-sm text-faint">
        Kind <code className="font-mono">{kind.kind}</code>, version {kind.version}
      </p>
    </div>
  );
}

interface PortTableProps {
  title: string;
  ports: Record<string, Port>;
  routes?: readonly string[];
  empty: string;
}

function PortTable({ title, ports, routes = [], empty }: PortTableProps) {
  const entries = Object.entries(ports);
  return (
    <section>
      <h3 className="mb-1 text-sm font-medium">{title}</h3>
      {entries.length === 0 && <p className="text-muted">{empty}</p>}
      <dl className="divide-y divide-line border-y border-line empty:hidden">
        {entries.map(([key, port]) => (
          <div key={key} className="flex items-baseline gap-2 py-1">
            <dt className="shrink-0 font-mono text-sm">{key}</dt>
            <dd className="min-w-0 text-sm text-muted">
              {routes.includes(key) ? "one of the ways out" : describeSchema(port.schema)}
              {port.required || routes.includes(key) ? "" : ", may be missing"}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
