import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will be lost or cannot be undone. */
  description: ReactNode;
  /** The verb on the button. */
  verb: string;
  onConfirm: () => void;
  busy?: boolean;
  tone?: "danger" | "primary";
}

/** For what cannot be undone; for everything else act at once and offer an undo. */
export function ConfirmDialog({
  verb,
  onConfirm,
  busy = false,
  tone = "danger",
  onOpenChange,
  ...rest
}: ConfirmDialogProps) {
  return (
    <Dialog
      {...rest}
      size="sm"
      onOpenChange={onOpenChange}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Keep</Button>
          <Button variant={tone} busy={busy} onClick={onConfirm}>
            {verb}
          </Button>
        </>
      }
    />
  );
}
