// Replaces the canvas by a file's or by pasted text. One undo brings the old one back.
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Textarea } from "../../ui/textarea.tsx";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { chooseFile, readWorkflowText } from "../canvas/start.ts";
import type { CommandContext } from "../command.ts";
import { pasteText } from "../edit-commands.ts";
import { useFocusFirst } from "../use-focus-first.ts";

export function ImportDialog({ context }: { context: () => CommandContext }) {
  const { around } = useBuilderValue();
  const set = useBuilder((state) => state.set);
  const edit = useBuilder((state) => state.edit);
  const field = useFocusFirst<HTMLTextAreaElement>();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const take = (source: string) => {
    try {
      // A copied selection is added; a whole workflow takes the canvas's place.
      if (!pasteText(context(), source)) {
        const doc = readWorkflowText(source, around.tools);
        edit(() => doc);
      }
      set({ dialog: null });
      context().canvas.fit();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "This could not be read.");
    }
  };
  const fromFile = async () => {
    const file = await chooseFile();
    if (file) take(await file.text());
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && set({ dialog: null })}
      title="Import a workflow"
      description="It takes the place of what is on the canvas. Undo brings that back. Nothing is run."
      footer={
        <>
          <Button className="mr-auto" onClick={() => void fromFile()}>
            Choose a file
          </Button>
          <Button onClick={() => set({ dialog: null })}>Not now</Button>
          <Button variant="primary" disabled={text.trim() === ""} onClick={() => take(text)}>
            Import
          </Button>
        </>
      }
    >
      <Field label="Workflow as JSON" error={problem}>
        {(control) => (
          <Textarea
            {...control}
            ref={field}
            mono
            rows={10}
            placeholder='{ "runboard": 1, … }'
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setProblem(undefined);
            }}
          />
        )}
      </Field>
    </Dialog>
  );
}
