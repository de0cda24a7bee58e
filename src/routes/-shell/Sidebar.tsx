import { Link } from "@tanstack/react-router";
import { PanelLeftClose, PanelLeftOpen, Search } from "lucide-react";
import { useOpenApprovals } from "../../data/approvals.ts";
import type { FeedState } from "../../data/run-feed.ts";
import type { WorkspaceRow } from "../../data/workspaces.ts";
import { cx } from "../../ui/cx.ts";
import { IconButton } from "../../ui/icon-button.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import { setPaletteOpen } from "../../ui/palette-commands.ts";
import { Tooltip } from "../../ui/tooltip.tsx";
import { AccountMenu } from "./AccountMenu.tsx";
import { ConnectionState } from "./ConnectionState.tsx";
import { navItems } from "./nav-items.ts";
import { WorkspaceSwitcher } from "./WorkspaceSwitcher.tsx";

interface SidebarProps {
  workspace: WorkspaceRow;
  feed: FeedState;
  compact: boolean;
  onCompact: (compact: boolean) => void;
}

const rowClass =
  "flex h-7 w-full items-center gap-2.5 rounded-control px-2 text-muted hover:bg-hover hover:text-ink data-[status=active]:bg-pressed data-[status=active]:font-medium data-[status=active]:text-ink touch:h-9 [&>svg]:size-4 [&>svg]:shrink-0";

export function Sidebar({ workspace, feed, compact, onCompact }: SidebarProps) {
  return (
    <aside
      className={cx(
        "flex shrink-0 flex-col border-r border-line bg-page py-2",
        compact ? "w-12 px-1.5" : "w-52 px-2",
      )}
    >
      <WorkspaceSwitcher workspace={workspace} compact={compact} />
      <SearchButton compact={compact} />
      <Nav workspace={workspace} compact={compact} />
      <div className="flex-1" />
      <div className={cx("flex items-center", compact ? "flex-col gap-1" : "justify-between")}>
        <ConnectionState state={feed} compact={compact} />
        <IconButton
          label={compact ? "Widen the sidebar" : "Narrow the sidebar"}
          side="right"
          icon={compact ? <PanelLeftOpen /> : <PanelLeftClose />}
          onClick={() => onCompact(!compact)}
        />
      </div>
      <AccountMenu compact={compact} />
    </aside>
  );
}

function SearchButton({ compact }: { compact: boolean }) {
  const button = (
    <button
      type="button"
      onClick={() => setPaletteOpen(true)}
      className={cx(rowClass, "mt-2", compact && "justify-center px-0")}
    >
      <Search aria-hidden />
      <span className={compact ? "sr-only" : "flex-1 text-left"}>
        Search<span className="sr-only"> and commands</span>
      </span>
      {!compact && (
        <span aria-hidden>
          <Kbd keys="Mod+K" />
        </span>
      )}
    </button>
  );
  return compact ? (
    <Tooltip content="Search and commands" shortcut="Mod+K" side="right">
      {button}
    </Tooltip>
  ) : (
    button
  );
}

function Nav({ workspace, compact }: { workspace: WorkspaceRow; compact: boolean }) {
  const approvals = useOpenApprovals(workspace.id);
  const open = approvals.data?.length ?? 0;
  return (
    <nav aria-label="Workspace" className="mt-1 flex flex-col gap-px">
      {navItems.map(({ to, label, icon: Icon }) => {
        const count = to === "/w/$workspace/approvals" ? open : 0;
        const link = (
          <Link
            key={to}
            to={to}
            params={{ workspace: workspace.slug }}
            className={cx(rowClass, "relative", compact && "justify-center px-0")}
          >
            <Icon aria-hidden />
            <span className={compact ? "sr-only" : "flex-1 truncate"}>{label}</span>
            {count > 0 && <Count value={count} compact={compact} />}
          </Link>
        );
        return compact ? (
          <Tooltip key={to} content={label} side="right">
            {link}
          </Tooltip>
        ) : (
          link
        );
      })}
    </nav>
  );
}

function Count({ value, compact }: { value: number; compact: boolean }) {
  return (
    <span
      className={cx(
        "inline-flex h-4 min-w-4 items-center justify-center rounded-full bg-waiting-soft px-1 text-xs font-semibold text-waiting tabular",
        compact && "absolute -top-1 -right-0.5",
      )}
    >
      {value > 99 ? "99+" : value}
      <span className="sr-only"> open</span>
    </span>
  );
}
