import { useState } from "react";
import { CodeBlock } from "../../ui/code-block.tsx";
import { JsonTree } from "../../ui/json-tree.tsx";
import { Markdown } from "../../ui/markdown.tsx";
import { CodeEditor } from "../../ui/monaco.tsx";
import { Panel, Panels, PanelSeparator } from "../../ui/panels.tsx";
import { Shelf } from "./Shelf.tsx";

const value = {
  status: 200,
  ok: true,
  total: 0,
  note: "",
  missing: null,
  headers: { "content-type": "application/json", "retry-after": "30" },
  items: Array.from({ length: 2_000 }, (_, n) => ({ id: n, name: `Item ${n}` })),
};

const text = `## Summary

The API **recovered** after two attempts. See [the status page](https://status.example.com).

| Attempt | Status |
| --- | --- |
| 1 | 503 |
| 2 | 200 |

- nothing has to be clicked
- \`retry-after\` was kept

![chart](https://example.com/chart.png)
`;

export function GalleryData() {
  const [json, setJson] = useState('{\n  "url": "https://example.com",\n  "tries": 3\n}');
  const [cel, setCel] = useState('steps.fetch.output.status >= 500 && input.urgent ? "page" : "log"');
  return (
    <>
      <Shelf title="JSON">
        <JsonTree value={value} root="steps.fetch.output" label="Output" className="w-[480px]" />
        <JsonTree value={{ small: [1, 2] }} bare className="w-64" label="Small" />
      </Shelf>
      <Shelf title="Text">
        <Markdown text={text} className="w-[480px]" />
        <CodeBlock
          text={Array.from({ length: 30 }, (_, n) => `line ${n + 1}`).join("\n")}
          maxHeight={160}
          className="w-80"
        />
      </Shelf>
      <Shelf title="Editors">
        <div className="w-[480px]">
          <CodeEditor language="json" label="Body" value={json} onChange={setJson} height={120} />
        </div>
        <div className="w-[480px]">
          <CodeEditor
            compact
            language="cel"
            label="Condition"
            value={cel}
            onChange={setCel}
            complete={() => [{ label: "steps", sort: "variable", detail: "object" }]}
            markers={[{ from: 0, to: 5, message: "Example of a marker", severity: "warning" }]}
          />
        </div>
      </Shelf>
      <Shelf title="Panels">
        <div className="h-40 w-[600px] rounded-card border border-line">
          <Panels id="gallery">
            <Panel id="left" defaultSize="30%" minSize={80} className="p-3">
              Left
            </Panel>
            <PanelSeparator label="Resize the left panel" />
            <Panel id="right" minSize={80} className="p-3">
              Right
            </Panel>
          </Panels>
        </div>
      </Shelf>
    </>
  );
}
