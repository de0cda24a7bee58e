import type { DataError } from "../../data/data-error.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { TooltipProvider } from "../../ui/tooltip.tsx";

/** Stands in for the whole app when it cannot start. */
export function StartFailure({ error }: { error: DataError }) {
  return (
    <TooltipProvider>
      <main className="mx-auto flex min-h-full max-w-lg flex-col justify-center p-6">
        <ErrorPanel
          title="Runboard could not start in this page"
          why={error.message}
          next={error.hint}
          code={error.code}
          detail={error.detail}
          actions={
            <Button variant="primary" onClick={() => window.location.reload()}>
              Load again
            </Button>
          }
        />
      </main>
    </TooltipProvider>
  );
}
