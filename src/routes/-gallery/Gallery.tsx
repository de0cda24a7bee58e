// Every dumb part in every state, and every node kind's card; for looking at and for the screenshot tests. Not shipped.
import { useState } from "react";
import { CommandPalette } from "../../ui/command-palette.tsx";
import { SegmentedControl } from "../../ui/segmented-control.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { chooseTheme, themeChoices, useTheme, type ThemeChoice } from "../../ui/theme.ts";
import { GalleryControls } from "./GalleryControls.tsx";
import { GalleryData } from "./GalleryData.tsx";
import { GalleryNodes } from "./GalleryNodes.tsx";
import { GalleryStates } from "./GalleryStates.tsx";

type Part = "nodes" | "states" | "controls" | "data";

function partInAddress(): Part {
  const named = window.location.hash.slice(1);
  return named === "states" || named === "controls" || named === "data" ? named : "nodes";
}

export function Gallery() {
  const { choice } = useTheme();
  const [part, setPart] = useState<Part>(partInAddress);
  return (
    <main className="flex h-full flex-col bg-panel">
      <header className="flex h-13 items-center justify-between px-4">
        <h1 className="text-xl font-semibold">Gallery</h1>
        <SegmentedControl<ThemeChoice>
          label="Theme"
          value={choice}
          onChange={chooseTheme}
          segments={themeChoices.map((value) => ({ value, label: value }))}
        />
      </header>
      <Tabs<Part>
        label="Parts"
        className="min-h-0 flex-1"
        value={part}
        onChange={(next) => {
          setPart(next);
          window.location.hash = next;
        }}
        tabs={[
          { value: "nodes", label: "Nodes", content: <GalleryNodes /> },
          { value: "states", label: "States", content: <GalleryStates /> },
          { value: "controls", label: "Controls", content: <GalleryControls /> },
          { value: "data", label: "Data", content: <GalleryData /> },
        ]}
      />
      <CommandPalette />
    </main>
  );
}
