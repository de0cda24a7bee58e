import { Label as RadixLabel } from "radix-ui";
import { useId, type ComponentProps, type ReactNode } from "react";
import { cx } from "./cx.ts";

/** What a field hands to its control, so that label, help and error are announced with it. */
export interface ControlProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

interface FieldProps {
  label: ReactNode;
  help?: ReactNode;
  error?: string | undefined;
  optional?: boolean;
  /** Shown at the right of the label: a switch, a link. */
  aside?: ReactNode;
  className?: string;
  children: (control: ControlProps) => ReactNode;
}

export function Label({ className, ...rest }: ComponentProps<typeof RadixLabel.Root>) {
  return <RadixLabel.Root className={cx("text-sm font-medium text-ink select-none", className)} {...rest} />;
}

/** A labelled control with help below it, replaced by what is wrong when something is. */
export function Field({ label, help, error, optional = false, aside, className, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const noted = error !== undefined || help !== undefined;
  return (
    <div className={cx("flex min-w-0 flex-col gap-1", className)}>
      <div className="flex min-h-5 items-center justify-between gap-2">
        <Label htmlFor={id}>
          {label}
          {/* A margin alone would run the words together for screen readers. */}{" "}
          {optional && <span className="ml-0.5 font-normal text-faint">optional</span>}
        </Label>
        {aside}
      </div>
      {children({
        id,
        "aria-describedby": noted ? noteId : undefined,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {noted && (
        <p
          id={noteId}
          role={error ? "alert" : undefined}
          className={cx("text-sm", error ? "text-failed" : "text-muted")}
        >
          {error ?? help}
        </p>
      )}
    </div>
  );
}
