import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { asDataError, isPassing } from "../../data/data-error.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";

/** Between two tries of a page whose error may pass, in milliseconds. */
const AGAIN_MS = 2_000;

/** A page that could not be shown; the rest of the app stays. One whose error may pass comes back by itself. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const known = asDataError(error);
  const passing = isPassing(known);
  const ours = error instanceof Error && known !== error && !passing;
  const again = useCallback(() => {
    reset();
    void router.invalidate();
  }, [reset, router]);
  useEffect(() => {
    if (!passing) return undefined;
    const timer = setInterval(again, AGAIN_MS);
    return () => clearInterval(timer);
  }, [passing, again]);
  return (
    <div className="mx-auto w-full max-w-xl p-6 pt-16">
      <ErrorPanel
        tone={passing ? "waiting" : "failed"}
        title={ours ? "This page broke" : "This page could not be loaded"}
        why={known.message}
        next={
          passing
            ? `${known.hint} This page also tries again by itself every two seconds.`
            : known.hint || "Try again. If it happens again, the raw detail below is what to report."
        }
        code={known.code === "unknown" ? undefined : known.code}
        detail={known.detail ?? (error instanceof Error && !passing ? error.stack : undefined)}
        actions={
          <Button variant="primary" onClick={again}>
            Try again
          </Button>
        }
      />
    </div>
  );
}
