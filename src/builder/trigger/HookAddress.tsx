// The address of a live webhook, whether it is signed, and a command that tries it.
import { useQueryClient } from "@tanstack/react-query";
import { RefreshCw, ShieldAlert, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { setTrigger, useHookAddress, type TriggerRow } from "../../data/triggers.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { showFailure } from "../../ui/toast.tsx";
import { useBuilder } from "../builder-context.tsx";
import { curlText } from "./curl-text.ts";

export function HookAddress({ trigger }: { trigger: TriggerRow }) {
  const address = useHookAddress(trigger.id);
  const input = useBuilder((state) => state.doc.input);
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  if (address.data === undefined) return null;
  if (address.data === null)
    return (
      <p className="text-sm text-muted">
        Its address is shown to editors, because whoever knows it may start this workflow.
      </p>
    );
  const url = address.data;
  const renew = async () => {
    setAsking(false);
    try {
      await setTrigger(trigger.id, { new_path: true });
    } catch (error) {
      showFailure("The address was not changed", error);
    }
    await queries.invalidateQueries({ queryKey: ["triggers", "address"] });
  };
  return (
    <div className="flex flex-col gap-3">
      <div>
        <h2 className="mb-1 text-sm font-medium">Address</h2>
        <div className="flex items-center gap-1 rounded-control border border-line bg-inset py-0.5 pr-0.5 pl-2">
          <code className="min-w-0 flex-1 truncate font-mono text-xs" title={url} data-testid="hook-address">
            {url}
          </code>
          <CopyButton text={url} label="Copy the address" />
          <IconButton
            size="sm"
            label="Give it another address"
            icon={<RefreshCw />}
            onClick={() => setAsking(true)}
          />
        </div>
        <Signing config={trigger.config} />
      </div>
      <div>
        <h2 className="mb-1 text-sm font-medium">Try it</h2>
        <CodeBlock
          text={curlText(url, trigger.config, input)}
          maxHeight={140}
          wrap={false}
          className="text-xs"
        />
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Give this webhook another address?"
        description="The present address stops working at once. Whoever sends to it has to be told the new one."
        verb="Change the address"
        onConfirm={() => void renew()}
      />
    </div>
  );
}

const schemes: Record<string, string> = {
  standard: "Standard Webhooks",
  github: "GitHub",
  stripe: "Stripe",
  slack: "Slack",
};

function Signing({ config }: { config: TriggerRow["config"] }) {
  const scheme = schemes[String(config.signing)];
  return scheme ? (
    <p className="mt-1 flex items-center gap-1.5 text-sm text-muted">
      <ShieldCheck className="size-3.5 shrink-0 text-succeeded" aria-hidden /> Signed as {scheme} with{" "}
      {String(config.connection)}
    </p>
  ) : (
    <p className="mt-1 flex items-center gap-1.5 text-sm text-muted">
      <ShieldAlert className="size-3.5 shrink-0 text-waiting" aria-hidden /> Not signed: whoever knows the
      address may start this
    </p>
  );
}
