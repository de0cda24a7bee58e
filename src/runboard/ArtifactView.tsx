// What a step kept for people to look at. Everything is drawn inertly: text is text, and a link is text until it is clicked.
import { ExternalLink, FileText } from "lucide-react";
import type { Artifact } from "../core/run.ts";
import { Json } from "../core/json.ts";
import { Badge } from "../ui/badge.tsx";
import { formatBytes } from "../ui/format-bytes.ts";
import { CodeBlock } from "../ui/code-block.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { JsonTree } from "../ui/json-tree.tsx";
import { Markdown } from "../ui/markdown.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { StoredFile } from "./StoredFile.tsx";

function parsed(body: string): Json | undefined {
  try {
    return Json.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** Only these are offered as links; anything else stays text. */
function isWebLink(url: string): boolean {
  return /^https?:\/\//.test(url);
}

function Body({ artifact }: { artifact: Artifact }) {
  const { kind, body, url, path, title, bytes, mime } = artifact;
  if (url !== undefined) {
    return isWebLink(url) ? (
      <a
        href={url}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className="inline-flex items-center gap-1 font-mono text-sm break-all text-accent-ink hover:underline"
      >
        {url}
        <ExternalLink aria-label="opens in a new tab" className="size-3 shrink-0" />
      </a>
    ) : (
      <code className="font-mono text-sm break-all">{url}</code>
    );
  }
  if (path !== undefined) {
    const draw = kind === "markdown" ? (text: string) => <Markdown text={text} /> : undefined;
    return <StoredFile path={path} bytes={bytes} mime={mime} label={title} maxHeight={420} draw={draw} />;
  }
  if (body === undefined) return null;
  if (kind === "markdown") return <Markdown text={body} />;
  const value = kind === "json" || kind === "table" ? parsed(body) : undefined;
  return value === undefined ? <CodeBlock text={body} /> : <JsonTree value={value} label={title} />;
}

export function ArtifactView({ artifact }: { artifact: Artifact }) {
  return (
    <article aria-label={artifact.title} className="rounded-card border border-line bg-raised">
      <header className="flex items-center gap-2 border-b border-line py-1.5 pr-1.5 pl-3">
        <FileText aria-hidden className="size-3.5 shrink-0 text-faint" />
        <h3 className="min-w-0 flex-1 truncate font-medium">{artifact.title}</h3>
        <span className="text-sm text-faint tabular">{formatBytes(artifact.bytes)}</span>
        <RelativeTime at={artifact.createdAt} className="text-sm text-faint" />
        <Badge>{artifact.kind}</Badge>
        {artifact.path === undefined && (
          <CopyButton text={artifact.body ?? artifact.url ?? ""} label={`Copy ${artifact.title}`} />
        )}
      </header>
      <div className="p-3">
        <Body artifact={artifact} />
      </div>
    </article>
  );
}
