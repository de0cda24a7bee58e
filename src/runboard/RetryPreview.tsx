// What a retry would do, step by step, before anything happens, and the decisions it needs.
import { CircleCheck, CornerDownRight, MessageCircleQuestion, Recycle, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import {
  effectWords,
  estimateWords,
  groupSteps,
  judge,
  type Decision,
  type Decisions,
  type Preview,
  type PreviewEffect,
} from "./retry-choice.ts";

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

const decisionLabel: Record<Decision, string> = {
  do_it_again: "Do it again",
  treat_as_done: "Treat as done",
};

interface EffectLineProps {
  effect: PreviewEffect;
  title: string;
  decision: Decision | undefined;
  onDecide: (decision: Decision) => void;
}

function EffectLine({ effect, title, decision, onDecide }: EffectLineProps) {
  const bad = effect.verdict === "decision" && !effect.asks && decision === undefined;
  const Icon = effect.asks ? MessageCircleQuestion : TriangleAlert;
  return (
    <li
      className={cx(
        "flex gap-2 rounded-control border px-3 py-2",
        bad ? "border-failed/40 bg-failed-soft/60" : "border-waiting/40 bg-waiting-soft/60",
      )}
    >
      <Icon aria-hidden className={cx("mt-0.5 size-4 shrink-0", bad ? "text-failed" : "text-waiting")} />
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        <p className="text-muted">{effectWords(effect)}</p>
        {effect.choices.length > 0 && (
          <fieldset aria-label={`What to do about ${title}`} className="mt-2 flex gap-2">
            {effect.choices.map((choice) => (
              <Button
                key={choice}
                size="sm"
                aria-pressed={decision === choice}
                className={decision === choice ? "border-accent bg-accent-soft text-accent-ink" : undefined}
                onClick={() => onDecide(choice)}
              >
                {decisionLabel[choice]}
              </Button>
            ))}
          </fieldset>
        )}
      </div>
    </li>
  );
}

const effectLabel = { pure: "pure", read: "reads", idempotent: "writes, keyed", at_most_once: "writes once" };

interface RetryPreviewProps {
  preview: Preview;
  decisions: Decisions;
  /** Null takes a decision back. */
  onDecide: (step: string, decision: Decision | null) => void;
}

function Reused({ preview, decisions, onDecide }: RetryPreviewProps) {
  const flagged = new Set(preview.flagged.map((each) => each.step));
  const steps = groupSteps(preview.reused);
  return (
    <ul className="mt-1.5 divide-y divide-line rounded-control border border-line">
      {steps.map(({ step, title, count }) => (
        <li key={step} className="flex min-h-8 items-center gap-2 px-3">
          <span className="min-w-0 flex-1 truncate">{title}</span>
          {count > 1 && <span className="text-sm text-faint tabular">{count} items</span>}
          {flagged.has(step) && <Badge tone="waiting">changed, still fits</Badge>}
          {decisions[step] === "treat_as_done" && (
            <>
              <Badge tone="waiting">treated as done</Badge>
              <Button size="sm" variant="ghost" onClick={() => onDecide(step, null)}>
                Undo
              </Button>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

export function RetryPreview(props: RetryPreviewProps) {
  const { preview, decisions, onDecide } = props;
  const { green, repeats, decisions: needed, open, asking, summary } = judge(preview, decisions);
  const titles = new Map(preview.rerun.map((each) => [each.step, each.title || each.step]));
  const titleOf = (step: string) => titles.get(step) ?? step;
  const groups = groupSteps(preview.rerun);
  const effects = [...needed, ...asking, ...repeats];
  const estimate = estimateWords(preview.estimate);
  const advice = green
    ? "Nothing outside would happen twice."
    : open.length > 0
      ? "Decide about the effects below first."
      : "Read the effects below first.";
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
          <span className="font-medium">{summary}.</span> {advice}
          {estimate && <span className="block text-muted">{estimate}</span>}
        </span>
      </p>
      {effects.length > 0 && (
        <ul aria-label="Effects that would repeat" className="mt-3 space-y-2">
          {effects.map((effect) => (
            <EffectLine
              key={`${effect.verdict} ${effect.step}`}
              effect={effect}
              title={titleOf(effect.step)}
              decision={decisions[effect.step]}
              onDecide={(decision) => onDecide(effect.step, decision)}
            />
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
          <Reused {...props} />
        </Group>
      )}
    </div>
  );
}
