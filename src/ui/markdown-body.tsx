import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { CodeBlock } from "./code-block.tsx";

const parts: Components = {
  h1: ({ children }) => <h3 className="pt-1 text-lg font-semibold">{children}</h3>,
  h2: ({ children }) => <h4 className="pt-1 text-base font-semibold">{children}</h4>,
  h3: ({ children }) => <h5 className="text-base font-semibold">{children}</h5>,
  ul: ({ children }) => <ul className="list-disc space-y-0.5 pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="list-decimal space-y-0.5 pl-5">{children}</ol>,
  blockquote: ({ children }) => (
    <blockquote className="border-l-2 border-line-strong pl-3 text-muted">{children}</blockquote>
  ),
  hr: () => <hr className="border-line" />,
  a: ({ children, href }) => (
    <span className="underline decoration-line-strong decoration-dotted underline-offset-2" title={href}>
      {children}
    </span>
  ),
  img: ({ alt, src }) => (
    <span className="text-muted">[picture not loaded: {alt || (typeof src === "string" ? src : "")}]</span>
  ),
  pre: ({ children }) => <div>{children}</div>,
  code: ({ children, className }) => {
    const text = String(children);
    const block = className !== undefined || text.includes("\n");
    return block ? (
      <CodeBlock text={text.replace(/\n$/, "")} />
    ) : (
      <code className="rounded-sm bg-pressed px-1 font-mono text-sm">{text}</code>
    );
  },
  table: ({ children }) => (
    <div className="overflow-x-auto">
      <table className="border-collapse text-sm">{children}</table>
    </div>
  ),
  th: ({ children }) => (
    <th className="border border-line bg-panel px-2 py-1 text-left font-medium">{children}</th>
  ),
  td: ({ children }) => <td className="border border-line px-2 py-1 align-top">{children}</td>,
};

export function MarkdownBody({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={[remarkGfm]} components={parts} skipHtml>
      {text}
    </ReactMarkdown>
  );
}
