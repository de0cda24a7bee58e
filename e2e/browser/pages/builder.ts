import { expect, type Locator, type Page } from "@playwright/test";

interface Point {
  x: number;
  y: number;
}

async function middleOf(locator: Locator): Promise<Point> {
  const box = await locator.boundingBox();
  if (!box) throw new Error(`${String(locator)} is not on the screen.`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

export class Builder {
  readonly canvas: Locator;
  readonly palette: Locator;
  readonly inspector: Locator;
  readonly saveState: Locator;
  readonly problems: Locator;
  readonly runStrip: Locator;

  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.canvas = page.getByRole("region", { name: "Canvas" });
    this.palette = page.getByRole("navigation", { name: "Nodes" });
    this.inspector = page.getByRole("complementary", { name: "Inspector" });
    this.saveState = page.getByRole("status", { name: "Save state" });
    this.problems = page.getByRole("button", { name: /^Problems:/ });
    this.runStrip = page.getByRole("region", { name: "Run", exact: true });
  }

  async open(workspace: string, workflow: string): Promise<void> {
    await this.page.goto(`/w/${workspace}/workflows/${workflow}`);
    await this.canvas.waitFor();
  }

  node(title: string): Locator {
    return this.canvas.getByRole("group", { name: `${title} node`, exact: true });
  }

  get nodes(): Locator {
    return this.canvas.getByRole("group", { name: / node$/ });
  }

  wire(from: string, to: string): Locator {
    return this.canvas.getByRole("group", { name: `Wire from ${from} to ${to}` });
  }

  get wires(): Locator {
    return this.canvas.getByRole("group", { name: /^Wire from / });
  }

  output(node: string, port: string): Locator {
    return this.node(node).getByLabel(new RegExp(`^${port}\\b.* output port$`));
  }

  input(node: string, port: string): Locator {
    return this.node(node).getByLabel(new RegExp(`^${port}\\b.*input port$`));
  }

  /** Drags a kind out of the palette; `at` is counted from the canvas's upper left corner. */
  async drop(kind: string, at: Point): Promise<void> {
    const item = this.palette.getByRole("button", { name: kind, exact: true });
    await item.dragTo(this.canvas, { targetPosition: at });
  }

  /** Draws a wire with the mouse, and lets go of it over the second port. */
  async draw(from: Locator, to: Locator): Promise<void> {
    // Hovering waits until the canvas has come to rest.
    await from.hover();
    const start = await middleOf(from);
    const end = await middleOf(to);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
    await this.page.mouse.move(end.x, end.y, { steps: 4 });
    await this.page.mouse.up();
  }

  async tab(name: RegExp): Promise<void> {
    await this.inspector.getByRole("tab", { name }).click();
  }

  /** A text, template or expression field of the chosen node. */
  field(label: string): Locator {
    return this.inspector.getByRole("combobox", { name: new RegExp(`^${label}`) });
  }

  /** Writes into such a field once it has become an editor, as a person who pastes does. */
  async write(label: string, text: string): Promise<void> {
    const field = this.field(label);
    await field.click();
    await this.inspector.locator(".monaco-editor.focused").waitFor();
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.insertText(text);
    await this.page.keyboard.press("Tab");
    await this.inspector.locator(".monaco-editor").waitFor({ state: "detached" });
    await expect(field).toHaveValue(text);
  }

  async press(verb: "Publish" | "Run" | "Undo" | "Redo"): Promise<Locator> {
    await this.page.getByRole("button", { name: verb, exact: true }).click();
    return this.page.getByRole("dialog");
  }

  /** Runs what is live with the input the form comes with. */
  async run(): Promise<void> {
    const dialog = await this.press("Run");
    await dialog.getByRole("button", { name: "Run", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
  }

  /** How a node stands in the run shown over the canvas. */
  state(node: string, label: string): Locator {
    return this.node(node).getByRole("img", { name: label, exact: true });
  }
}
