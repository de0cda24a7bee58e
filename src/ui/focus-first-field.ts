/** For `onOpenAutoFocus`: the first field gets the focus, not the close button before it. */
export function focusFirstField(event: Event): void {
  if (!(event.currentTarget instanceof HTMLElement)) return;
  const field = event.currentTarget.querySelector<HTMLElement>(
    "input:not([type=hidden]), textarea, [role=combobox]",
  );
  if (!field) return;
  event.preventDefault();
  field.focus();
}
