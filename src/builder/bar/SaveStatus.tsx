// Whether the draft is stored, in words that are always there.
import { Check, CloudOff, TriangleAlert } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { Spinner } from "../../ui/spinner.tsx";
import { showFailure } from "../../ui/toast.tsx";
import { useBuilder } from "../builder-context.tsx";
import type { Autosave } from "../autosave.ts";

const clock = (iso: string) =>
  new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

export function SaveStatus({ autosave }: { autosave: () => Autosave | null }) {
  const save = useBuilder((state) => state.save);
  const act = (verb: "reload" | "overwrite") =>
    void autosave()
      ?.[verb]()
      .catch((error: unknown) => showFailure("The draft was not saved", error));
  if (save.kind === "conflict")
    return (
      <span role="alert" className="flex items-center gap-1.5 text-waiting">
        <TriangleAlert className="size-3.5 shrink-0" aria-hidden />
        <span className="hidden lg:inline">Changed elsewhere</span>
        <Button size="sm" onClick={() => act("reload")}>
          Reload
        </Button>
        <Button size="sm" onClick={() => act("overwrite")}>
          Overwrite
        </Button>
      </span>
    );
  return (
    <output
      aria-label="Save state"
      className="flex min-w-0 items-center gap-1.5 text-sm whitespace-nowrap text-muted [&_svg]:size-3.5 [&_svg]:shrink-0"
    >
      {save.kind === "saved" && (
        <>
          <Check aria-hidden />
          <span className="max-xl:sr-only @2xl/bar:not-sr-only">Saved {clock(save.at)}</span>
        </>
      )}
      {(save.kind === "saving" || save.kind === "unsaved") && (
        <>
          <Spinner />
          <span className="max-xl:sr-only @2xl/bar:not-sr-only">Saving</span>
        </>
      )}
      {save.kind === "offline" && (
        <span className="flex items-center gap-1.5 text-waiting" title={save.message}>
          <CloudOff aria-hidden /> Offline, not saved
        </span>
      )}
    </output>
  );
}
