// What a trigger does now: its address or its next times, whether it is on, and what it started.
import { useQueryClient } from "@tanstack/react-query";
import type { CanvasNode } from "../../core/canvas.ts";
import type { Node } from "../../core/node.ts";
import { setTrigger, useTriggers, type TriggerRow } from "../../data/triggers.ts";
import { Switch } from "../../ui/switch.tsx";
import { showFailure } from "../../ui/toast.tsx";
import { useBuilderValue } from "../builder-context.tsx";
import { HookAddress } from "./HookAddress.tsx";
import { LastFirings } from "./LastFirings.tsx";
import { NextTimes } from "./NextTimes.tsx";

export function TriggerPanel({ node, kind }: { node: CanvasNode; kind: Node }) {
  const { workspace, workflow } = useBuilderValue();
  const triggers = useTriggers(workspace.id);
  const live = triggers.data?.find(
    (row) => row.workflowId === workflow.id && row.key === node.key && row.kind === node.kind,
  );
  const isSchedule = kind.kind === "trigger-schedule";
  return (
    <section aria-label="Live trigger" className="flex flex-col gap-3 border-b border-line p-4">
      {live ? <LiveHead trigger={live} /> : triggers.isSuccess && <NotLive kind={kind.kind} />}
      {isSchedule && <NextTimes config={node.config} enabled={live?.enabled !== false} />}
      {live?.kind === "trigger-webhook" && <HookAddress trigger={live} />}
      {live && <LastFirings trigger={live} />}
    </section>
  );
}

const notLive: Record<string, string> = {
  "trigger-webhook": "Publish the workflow to get the address of this webhook.",
  "trigger-schedule": "Not live yet: it starts nothing until the workflow is published.",
  "trigger-workflow": "Not live yet: it starts nothing until the workflow is published.",
};

function NotLive({ kind }: { kind: string }) {
  return <p className="text-sm text-muted">{notLive[kind]}</p>;
}

const words = {
  "trigger-webhook": ["Takes deliveries", "Refuses deliveries"],
  "trigger-schedule": ["Starts runs at its times", "Starts nothing"],
  "trigger-workflow": ["Starts runs", "Starts nothing"],
} satisfies Record<TriggerRow["kind"], [string, string]>;

function LiveHead({ trigger }: { trigger: TriggerRow }) {
  const queries = useQueryClient();
  const [on, off] = words[trigger.kind];
  const change = async (enabled: boolean) => {
    try {
      await setTrigger(trigger.id, { enabled });
    } catch (error) {
      showFailure("The trigger was not changed", error);
    }
    await queries.invalidateQueries({ queryKey: ["triggers"] });
  };
  return (
    <div className="flex items-center gap-2">
      <Switch
        aria-label={trigger.enabled ? on : off}
        checked={trigger.enabled}
        onCheckedChange={(enabled) => void change(enabled)}
      />
      <span className={trigger.enabled ? "font-medium" : "font-medium text-muted"}>
        {trigger.enabled ? on : off}
      </span>
      <span className="text-sm text-faint">in the live version</span>
    </div>
  );
}
