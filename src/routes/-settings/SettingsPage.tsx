import type { ReactNode } from "react";
import { useSession } from "../../data/session.ts";
import { useMembers, type WorkspaceRow } from "../../data/workspaces.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { SegmentedControl } from "../../ui/segmented-control.tsx";
import { chooseTheme, themeChoices, useTheme, type ThemeChoice } from "../../ui/theme.ts";
import { themeLook } from "../-shell/AccountMenu.tsx";
import { Page } from "../-shell/Page.tsx";
import { LaneSettings } from "./LaneSettings.tsx";
import { OpenRunsLimit } from "./OpenRunsLimit.tsx";
import { MemberSettings } from "./MemberSettings.tsx";

export function SettingsPage({ workspace }: { workspace: WorkspaceRow }) {
  const { user } = useSession();
  const { data: members = [] } = useMembers(workspace.id);
  const { choice } = useTheme();
  const owner = members.some((member) => member.userId === user?.id && member.role === "owner");
  return (
    <Page title="Settings">
      <div className="mx-auto flex max-w-3xl flex-col gap-8 px-6 py-6">
        <Section title="Workspace">
          <dl className="divide-y divide-line rounded-card border border-line bg-raised">
            <Fact label="Name">{workspace.name}</Fact>
            <Fact label="Slug">
              <code className="font-mono text-sm">{workspace.slug}</code>
              <CopyButton text={workspace.slug} label="Copy the slug" />
            </Fact>
            <Fact label="Id">
              <code className="truncate font-mono text-sm text-muted">{workspace.id}</code>
              <CopyButton text={workspace.id} label="Copy the id" />
            </Fact>
            <Fact label="Run limit">
              <OpenRunsLimit workspace={workspace} editable={owner} />
            </Fact>
          </dl>
        </Section>
        <Section
          title="Lanes"
          lead="A run is in one lane. A limit says how many runs of a lane may be under way at once; the others wait in it."
        >
          <LaneSettings workspaceId={workspace.id} editable={owner} />
        </Section>
        <Section
          title="Members"
          lead="Each role may do what the ones below it may: owner, editor, operator, viewer."
        >
          <MemberSettings workspaceId={workspace.id} editable={owner} />
        </Section>
        <Section title="Appearance" lead="For this browser.">
          <SegmentedControl<ThemeChoice>
            label="Theme"
            value={choice}
            onChange={chooseTheme}
            segments={themeChoices.map((value) => ({ value, ...themeLook[value] }))}
          />
        </Section>
      </div>
    </Page>
  );
}

function Section({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="text-lg font-semibold">{title}</h2>
      {lead && <p className="text-muted">{lead}</p>}
      <div className="mt-3">{children}</div>
    </section>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex h-10 items-center gap-3 px-4">
      <dt className="w-24 shrink-0 text-muted">{label}</dt>
      <dd className="flex min-w-0 items-center gap-1">{children}</dd>
    </div>
  );
}
