// What a retry would do, step by step, before anything happens.
import { CircleCheck, CornerDownRight, Recycle, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../ui/badge.tsx";
import { cx } from "../ui/cx.ts";
import { effectWords, groupSteps, judge, type Preview, type PreviewEffect } from "./retry-choice.ts";

function Group({
  icon,
  title,
  count,
  children,
}: {
  icon: ReactNode;
  title: string;
  count: number;
  children: ReactNode;
}) {
  return (
    <section className="mt-4">
      <h3 className="flex items-center gap-1.5 text-sm font-medium text-muted [&_svg]:size-3.5">
        {icon}
        {title}
        <span className="font-normal text-faint tabular">{count}</span>
      </h3>
      {children}
    </section>
  );
}

function EffectLine({ effect, titleOf }: { effect: PreviewEffect; titleOf: (step: string) => string }) {
  const bad = effect.verdict === "decision";
  return (
    <li
      className={cx(
        "flex gap-2 rounded-control border px-3 py-2",
        bad ? "border-failed/40 bg-failed-soft/60" : "border-waiting/40 bg-waiting-soft/60",
      )}
    >
      <TriangleAlert
        aria-hidden
        className={cx("mt-0.5 size-4 shrink-0", bad ? "text-failed" : "text-waiting")}
      />
      <p className="min-w-0">
        <span className="font-medium">{titleOf(effect.step)}</span>
        <span className="block text-muted">{effectWords(effect)}</span>
      </p>
    </li>
  );
}

const effectLabel = { pure: "pure", read: "reads", idempotent: "writes, keyed", at_most_once: "writes once" };

export function RetryPreview({ preview }: { preview: Preview }) {
  const { green, repeats, decisions, summary } = judge(preview);
  const titles = new Map(preview.rerun.map((each) => [each.step, each.title || each.step]));
  const titleOf = (step: string) => titles.get(step) ?? step;
  const groups = groupSteps(preview.rerun);
  return (
    <div>
      <p
        className={cx(
          "flex items-start gap-2 rounded-control px-3 py-2",
          green ? "bg-succeeded-soft" : "bg-inset",
        )}
      >
        {green ? (
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-succeeded" />
        ) : (
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-waiting" />
        )}
        <span>
          <span className="font-medium">{summary}.</span>{" "}
          {green ? "Nothing outside would happen twice." : "Read the effects below first."}
        </span>
      </p>
      {[...decisions, ...repeats].length > 0 && (
        <ul aria-label="Effects that would repeat" className="mt-3 space-y-2">
          {[...decisions, ...repeats].map((effect, n) => (
            <EffectLine key={`${effect.step}${n}`} effect={effect} titleOf={titleOf} />
          ))}
        </ul>
      )}
      <Group icon={<CornerDownRight />} title="Will run" count={preview.rerun.length}>
        <ul className="mt-1.5 divide-y divide-line rounded-control border border-line">
          {groups.map((group) => (
            <li key={group.step} className="flex h-8 items-center gap-2 px-3">
              <span className="min-w-0 flex-1 truncate">{group.title}</span>
              {group.count > 1 && <span className="text-sm text-faint tabular">{group.count} items</span>}
              {group.effect && <Badge>{effectLabel[group.effect]}</Badge>}
            </li>
          ))}
          {groups.length === 0 && <li className="px-3 py-2 text-muted">Nothing is left to run.</li>}
        </ul>
      </Group>
      {preview.reused.length > 0 && (
        <Group icon={<Recycle />} title="Results reused" count={preview.reused.length}>
          <p className="mt-1 text-muted">
            {[...new Set(preview.reused.map((each) => each.title || each.step))].join(", ")}
          </p>
        </Group>
      )}
    </div>
  );
}
