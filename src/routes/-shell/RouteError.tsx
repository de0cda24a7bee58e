import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { asDataError } from "../../data/data-error.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";

/** A page that could not be shown; the rest of the app stays. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const known = asDataError(error);
  const ours = error instanceof Error && known !== error && known.code !== "offline";
  return (
    <div className="mx-auto w-full max-w-xl p-6 pt-16">
      <ErrorPanel
        title={ours ? "This page broke" : "This page could not be loaded"}
        why={known.message}
        next={known.hint || "Try again. If it happens again, the raw detail below is what to report."}
        code={known.code === "unknown" ? undefined : known.code}
        detail={known.detail ?? (error instanceof Error ? error.stack : undefined)}
        actions={
          <Button
            variant="primary"
            onClick={() => {
              reset();
              void router.invalidate();
            }}
          >
            Try again
          </Button>
        }
      />
    </div>
  );
}
