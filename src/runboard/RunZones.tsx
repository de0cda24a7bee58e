// The three zones of a run: canvas with the run over it, timeline below, step panel at the right. Each closes and keeps its size.
import { PanelBottom, PanelRight, PanelTop } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "../ui/cx.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Panel, Panels, PanelSeparator } from "../ui/panels.tsx";

export type Zone = "canvas" | "timeline" | "step";
export const zoneOrder: readonly Zone[] = ["canvas", "timeline", "step"];

const storageKey = "runboard.run-zones";

/** The zones this browser last showed; all of them at first. */
export function storedZones(): ReadonlySet<Zone> {
  const stored = localStorage.getItem(storageKey)?.split(" ") ?? [];
  const known = zoneOrder.filter((zone) => stored.includes(zone));
  return new Set(known.length > 0 ? known : zoneOrder);
}

/** Opens or closes a zone and remembers it; the last open one stays. */
export function toggleZone(open: ReadonlySet<Zone>, zone: Zone): ReadonlySet<Zone> {
  const after = new Set(open);
  if (!after.delete(zone)) after.add(zone);
  if (after.size === 0) return open;
  localStorage.setItem(storageKey, [...after].join(" "));
  return after;
}

const icons = { canvas: <PanelTop />, timeline: <PanelBottom />, step: <PanelRight /> };
const labels = { canvas: "canvas", timeline: "timeline", step: "step panel" };

export function ZoneButtons({ open, onToggle }: { open: ReadonlySet<Zone>; onToggle: (zone: Zone) => void }) {
  return (
    <fieldset aria-label="Zones" className="flex">
      {zoneOrder.map((zone, n) => (
        <IconButton
          key={zone}
          size="sm"
          side="bottom"
          label={`${open.has(zone) ? "Close" : "Open"} the ${labels[zone]}`}
          shortcut={String(n + 1)}
          aria-pressed={open.has(zone)}
          icon={icons[zone]}
          onClick={() => onToggle(zone)}
          className={cx(open.has(zone) ? "text-ink" : "text-faint")}
        />
      ))}
    </fieldset>
  );
}

interface RunZonesProps {
  open: ReadonlySet<Zone>;
  canvas: ReactNode;
  timeline: ReactNode;
  step: ReactNode;
}

function Left({ open, canvas, timeline }: Omit<RunZonesProps, "step">) {
  if (!open.has("timeline")) return canvas;
  if (!open.has("canvas")) return timeline;
  return (
    <Panels id="run-left" orientation="vertical" className="h-full">
      <Panel id="canvas" defaultSize="52%" minSize={120}>
        {canvas}
      </Panel>
      <PanelSeparator label="Between canvas and timeline" />
      <Panel id="timeline" minSize={96}>
        {timeline}
      </Panel>
    </Panels>
  );
}

export function RunZones({ open, canvas, timeline, step }: RunZonesProps) {
  const hasLeft = open.has("canvas") || open.has("timeline");
  if (!hasLeft) return <div className="h-full min-h-0">{step}</div>;
  if (!open.has("step")) return <Left open={open} canvas={canvas} timeline={timeline} />;
  return (
    <Panels id="run" className="h-full">
      <Panel id="left" minSize={260}>
        <Left open={open} canvas={canvas} timeline={timeline} />
      </Panel>
      <PanelSeparator label="Between the run and its step" />
      <Panel id="step" defaultSize="36%" minSize={300}>
        {step}
      </Panel>
    </Panels>
  );
}
