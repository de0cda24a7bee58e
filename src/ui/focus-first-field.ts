/**
 * For `onOpenAutoFocus`: the first field gets the focus. Without one the dialog itself does, not its close button: that would open
 * the button's tooltip, which takes the first Escape.
 */
export function focusFirstField(event: Event): void {
  if (!(event.currentTarget instanceof HTMLElement)) return;
  const field = event.currentTarget.querySelector<HTMLElement>(
    "input:not([type=hidden]), textarea, [role=combobox]",
  );
  event.preventDefault();
  (field ?? event.currentTarget).focus();
}
