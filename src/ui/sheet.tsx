import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { focusFirstField } from "./focus-first-field.ts";
import { IconButton } from "./icon-button.tsx";
import { useFocusReturn } from "./use-focus-return.ts";

interface SheetProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  footer?: ReactNode;
  /** Pixels. */
  width?: number;
  children: ReactNode;
}

/** A panel from the right for work that keeps the page in sight. */
export function Sheet({ open, onOpenChange, title, description, footer, width = 480, children }: SheetProps) {
  const focus = useFocusReturn(focusFirstField);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-overlay" />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          {...focus}
          style={{ width }}
          className="fixed inset-y-2 right-2 z-40 flex max-w-[calc(100vw-16px)] animate-sheet flex-col overflow-hidden rounded-card border border-line bg-raised shadow-float outline-none"
        >
          <header className="flex items-start justify-between gap-4 border-b border-line px-5 py-3.5">
            <div className="min-w-0">
              <Radix.Title className="truncate text-lg font-semibold">{title}</Radix.Title>
              {description && (
                <Radix.Description className="text-base text-muted">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close" icon={<X />} className="-mt-0.5 -mr-2" />
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {footer && (
            <footer className="flex items-center justify-end gap-2 border-t border-line bg-panel px-5 py-3">
              {footer}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
