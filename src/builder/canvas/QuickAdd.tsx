// The picker at the pointer: type, Enter, and the node stands there and is wired.
import { Command } from "cmdk";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Node } from "../../core/node.ts";
import { fits } from "../../core/ports.ts";
import { floatClass } from "../../ui/menu-look.ts";
import { cx } from "../../ui/cx.ts";
import { KindIcon } from "../../ui/icons.tsx";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { addKind, freeSpot } from "../edit/new-node.ts";
import { portsOf, sourceSchema } from "../edit/ports-of.ts";
import { makeNode } from "../edit/nodes.ts";
import { groupKinds, rank } from "../palette/kinds.ts";
import type { QuickAdd as Request } from "../store.ts";

const width = 320;
const height = 380;

interface Group {
  title: string;
  kinds: Node[];
}

/** Kinds sorted by what the drawn wire could mean for them; all of them when no wire was drawn. */
function useGroups(request: Request): Group[] {
  const { store, registry, nodeOf, around } = useBuilderValue();
  return useMemo(() => {
    const { doc } = store.getState();
    const from = doc.nodes.find((node) => node.id === request.from?.node);
    const canFollow = registry.filter((kind) =>
      request.from || request.edge ? kind.role !== "trigger" && kind.role !== "canvas" : true,
    );
    const usable =
      request.from?.side === "target" ? registry.filter((kind) => kind.role !== "canvas") : canFollow;
    const inBody = request.parent === undefined ? usable : usable.filter((kind) => kind.role !== "trigger");
    if (!from || request.from?.port === undefined) return groupKinds(inBody);
    const port = request.from.port;
    const ports = portsOf(from, nodeOf, around);
    const forward = request.from.side === "source";
    const wanted = forward ? sourceSchema(ports, port) : ports.inputs[port]?.schema;
    const takes = (kind: Node) => {
      const theirs = portsOf(makeNode(doc, kind, { x: 0, y: 0 }), nodeOf, around);
      return Object.values(forward ? theirs.inputs : theirs.outputs).some(
        (other) =>
          wanted !== undefined &&
          fits(forward ? wanted : other.schema, forward ? other.schema : wanted) === "yes",
      );
    };
    const fitting = inBody.filter(takes);
    return [
      { title: forward ? "Takes this value" : "Gives such a value", kinds: fitting },
      {
        title: forward ? "Runs after it" : "Others",
        kinds: inBody.filter((kind) => !fitting.includes(kind)),
      },
    ].filter((group) => group.kinds.length > 0);
  }, [request, store, registry, nodeOf, around]);
}

/** While someone types, one list with the best name first; the groups only order what is as good. */
function found(groups: Group[], query: string): Group[] {
  if (query.trim() === "") return groups;
  const ranked = groups
    .flatMap((group, order) => group.kinds.map((kind) => ({ kind, order, rank: rank(kind, query) })))
    .filter((entry) => entry.rank !== undefined)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.order - b.order);
  return ranked.length === 0 ? [] : [{ title: "Found", kinds: ranked.map((entry) => entry.kind) }];
}

export function QuickAdd() {
  const request = useBuilder((state) => state.quickAdd);
  return request && <Picker key={`${request.screen.x} ${request.screen.y}`} request={request} />;
}

function Picker({ request }: { request: Request }) {
  const value = useBuilderValue();
  const { store } = value;
  const [query, setQuery] = useState("");
  const groups = found(useGroups(request), query);
  const box = useRef<HTMLDivElement>(null);
  const close = useCallback(() => store.getState().set({ quickAdd: null }), [store]);
  useEffect(() => {
    const onDown = (event: PointerEvent) => {
      if (!(event.target instanceof Element) || !box.current?.contains(event.target)) close();
    };
    window.addEventListener("pointerdown", onDown, { capture: true });
    return () => window.removeEventListener("pointerdown", onDown, { capture: true });
  }, [close]);
  const pick = (kind: Node) => {
    let id = "";
    const { edit, select, set } = store.getState();
    edit((doc) => {
      const at = request.edge === undefined ? freeSpot(doc, request.at, request.parent) : request.at;
      const added = addKind(doc, kind, { ...request, at }, value);
      id = added.id;
      return added.doc;
    });
    select([id]);
    set({ quickAdd: null, announcement: `${kind.title} added` });
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes it from anywhere inside
    <div
      ref={box}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it floats at the pointer and holds nobody
      role="dialog"
      aria-label="Add a node"
      style={{
        left: Math.max(8, Math.min(request.screen.x + 8, window.innerWidth - width - 8)),
        top: Math.max(8, Math.min(request.screen.y - 20, window.innerHeight - height - 8)),
        width,
      }}
      className={cx(floatClass, "fixed")}
      onKeyDown={(event) => {
        if (event.key !== "Escape" && event.key !== "Tab") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <Command label="Add a node" loop shouldFilter={false}>
        <Command.Input
          autoFocus
          value={query}
          onValueChange={setQuery}
          placeholder="Search nodes"
          className="h-10 w-full border-b border-line bg-transparent px-3.5 text-base outline-none"
        />
        <Command.List className="max-h-80 overflow-y-auto overscroll-contain p-1">
          <Command.Empty className="px-3 py-6 text-center text-muted">No node by that name.</Command.Empty>
          {groups.map((group) => (
            <Command.Group
              key={group.title}
              heading={group.title}
              className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-sm [&_[cmdk-group-heading]]:text-faint"
            >
              {group.kinds.map((kind) => (
                <Command.Item
                  key={kind.kind}
                  value={`${kind.title} ${kind.kind}`}
                  onSelect={() => pick(kind)}
                  className="flex min-h-9 items-center gap-2.5 rounded-control px-2 py-1 select-none data-[selected=true]:bg-hover"
                >
                  <KindIcon icon={kind.icon} category={kind.category} size="sm" />
                  <span className="shrink-0">{kind.title}</span>
                  <span className="truncate text-sm text-faint">{kind.summary}</span>
                </Command.Item>
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </div>
  );
}
