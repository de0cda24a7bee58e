import { LogOut, Monitor, Moon, Sun } from "lucide-react";
import { signOut, useSession } from "../../data/session.ts";
import { cx } from "../../ui/cx.ts";
import { DropdownMenu } from "../../ui/dropdown-menu.tsx";
import type { MenuEntry } from "../../ui/menu-entry.ts";
import { chooseTheme, themeChoices, useTheme } from "../../ui/theme.ts";

export const themeLook = {
  system: { label: "System", icon: <Monitor /> },
  light: { label: "Light", icon: <Sun /> },
  dark: { label: "Dark", icon: <Moon /> },
};

export function AccountMenu({ compact }: { compact: boolean }) {
  const { user } = useSession();
  const { choice } = useTheme();
  const email = user?.email ?? "";
  const entries: MenuEntry[] = [
    { heading: email },
    {
      label: "Theme",
      icon: themeLook[choice].icon,
      entries: themeChoices.map((one) => ({
        ...themeLook[one],
        checked: one === choice,
        onSelect: () => chooseTheme(one),
      })),
    },
    "separator",
    { label: "Sign out", icon: <LogOut />, onSelect: () => void signOut() },
  ];
  return (
    <DropdownMenu
      side="top"
      align="start"
      className="w-56"
      entries={entries}
      trigger={
        <button
          type="button"
          className={cx(
            "mt-1 flex h-9 w-full items-center gap-2 rounded-control px-1.5 text-left hover:bg-hover",
            compact && "justify-center px-0",
          )}
        >
          <span
            aria-hidden
            className="inline-flex size-5 shrink-0 items-center justify-center rounded-full bg-pressed text-xs font-semibold text-muted"
          >
            {email.charAt(0).toUpperCase()}
          </span>
          <span className="sr-only">Account</span>
          <span className={cx("truncate text-muted", compact && "sr-only")}>{email}</span>
        </button>
      }
    />
  );
}
