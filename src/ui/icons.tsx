// The picture for each icon name a node kind may use.
import {
  Bell,
  Braces,
  Calendar,
  ClipboardList,
  Clock,
  Code,
  FileText,
  Filter,
  Globe,
  Hand,
  Mail,
  Merge,
  OctagonX,
  Play,
  Plug,
  Radio,
  Repeat,
  RotateCw,
  Sparkles,
  Split,
  StickyNote,
  Webhook,
  Workflow,
  type LucideIcon,
} from "lucide-react";
import type { IconName, NodeCategory } from "../core/node.ts";
import { cx } from "./cx.ts";

export const icons = {
  play: Play,
  globe: Globe,
  sparkles: Sparkles,
  plug: Plug,
  braces: Braces,
  filter: Filter,
  split: Split,
  merge: Merge,
  repeat: Repeat,
  clock: Clock,
  hand: Hand,
  file: FileText,
  workflow: Workflow,
  "octagon-x": OctagonX,
  "sticky-note": StickyNote,
  code: Code,
  mail: Mail,
  bell: Bell,
  calendar: Calendar,
  webhook: Webhook,
  clipboard: ClipboardList,
  radio: Radio,
  rotate: RotateCw,
} satisfies Record<IconName, LucideIcon>;

export const categoryTint = {
  trigger: "bg-cat-trigger-tint text-cat-trigger",
  tool: "bg-cat-tool-tint text-cat-tool",
  ai: "bg-cat-ai-tint text-cat-ai",
  data: "bg-cat-data-tint text-cat-data",
  logic: "bg-cat-logic-tint text-cat-logic",
  people: "bg-cat-people-tint text-cat-people",
  output: "bg-cat-output-tint text-cat-output",
  canvas: "bg-cat-canvas-tint text-cat-canvas",
} satisfies Record<NodeCategory, string>;

export const categoryLabel = {
  trigger: "Triggers",
  tool: "Tools",
  ai: "AI",
  data: "Data",
  logic: "Logic",
  people: "People",
  output: "Output",
  canvas: "Canvas",
} satisfies Record<NodeCategory, string>;

interface KindIconProps {
  icon: IconName;
  category: NodeCategory;
  size?: "sm" | "md";
  className?: string;
}

/** A kind's icon in its category's square. */
export function KindIcon({ icon, category, size = "md", className }: KindIconProps) {
  const Icon = icons[icon];
  const square = size === "sm" ? "size-5 rounded-sm [&_svg]:size-3" : "size-8 rounded-control [&_svg]:size-4";
  return (
    <span
      aria-hidden
      className={cx(
        "inline-flex shrink-0 items-center justify-center",
        square,
        categoryTint[category],
        className,
      )}
    >
      <Icon />
    </span>
  );
}
