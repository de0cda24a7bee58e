import { Toaster as Sonner, toast as sonner } from "sonner";
import { StatusIcon } from "./status-icon.tsx";
import { useTheme } from "./theme.ts";

/** Mounted once around the app. */
export function Toaster() {
  const { shown } = useTheme();
  return (
    <Sonner
      theme={shown}
      position="bottom-right"
      gap={8}
      icons={{ success: <StatusIcon tone="succeeded" />, error: <StatusIcon tone="failed" /> }}
      toastOptions={{
        classNames: {
          toast: "!rounded-card !border-line !bg-raised !text-ink !shadow-float !font-sans !text-base",
          description: "!text-muted",
          actionButton: "!bg-accent-solid !text-white",
        },
      }}
    />
  );
}

interface ToastExtra {
  description?: string;
  /** e.g. undo */
  action?: { label: string; run: () => void };
}

const options = ({ description, action }: ToastExtra) => ({
  ...(description === undefined ? {} : { description }),
  ...(action ? { action: { label: action.label, onClick: action.run } } : {}),
});

/** Says that something was done, with a way back where there is one. */
export function showDone(title: string, extra: ToastExtra = {}): void {
  sonner.success(title, options(extra));
}

/** Tells a fact that nobody asked for. */
export function showNote(title: string, extra: ToastExtra = {}): void {
  sonner(title, options(extra));
}

/**
 * Says that something failed. Stays until it is read.
 * @param error what was thrown; its message says why, and `hint` (if it has one) what to do
 */
export function showFailure(title: string, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  const hint =
    error instanceof Error && "hint" in error && typeof error.hint === "string" ? ` ${error.hint}` : "";
  sonner.error(title, { description: why + hint, duration: 12_000, closeButton: true });
}
