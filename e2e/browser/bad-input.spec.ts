// What goes wrong on the person's side is refused where it happens, with words that say what to do, and nothing half-written.
import { expect, owner, test } from "./product.ts";
import { Builder } from "./pages/builder.ts";
import { Entry } from "./pages/entry.ts";
import { WorkflowList } from "./pages/workflow-list.ts";
import { twoTransforms, unknownKind } from "./workflow-files.ts";

test("a wrong password says so, and a right one leads to where the person wanted to go", async ({
  browser,
  workspace,
  console,
}) => {
  const context = await browser.newContext({ baseURL: workspace.url });
  console.watch(context);
  console.allow(/status of 400 .*\/auth\/v1\/token/);
  const page = await context.newPage();
  await page.goto(`/w/${workspace.slug}/board?view=status`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();

  const entry = new Entry(page);
  await entry.signIn(owner.email, "not the password");
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("This e-mail address and password do not belong together.");
  await expect(alert).toContainText("Check both and try again.");

  await entry.signIn(owner.email, owner.password);
  await expect(page).toHaveURL(new RegExp(`/w/${workspace.slug}/board\\?view=status$`));
  await expect(page.getByRole("radio", { name: "Status" })).toBeChecked();
  await context.close();
});

test("a session the server no longer knows ends at the sign-in page, and goes on from there", async ({
  page,
  workspace,
  console,
}) => {
  console.allow(/status of 40[01] /);
  const list = new WorkflowList(page);
  await list.open(workspace.slug);
  await expect(list.link("MCP tour")).toBeVisible();
  await page.evaluate(() => {
    for (const key of Object.keys(localStorage).filter((name) =>
      localStorage.getItem(name)?.includes("access_token"),
    )) {
      const session = JSON.parse(localStorage.getItem(key) ?? "{}");
      localStorage.setItem(key, JSON.stringify({ ...session, refresh_token: "spent", expires_at: 1 }));
    }
  });
  await page.goto(`/w/${workspace.slug}/approvals`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await new Entry(page).signIn(owner.email, owner.password);
  await expect(page.getByRole("heading", { name: "Approvals" })).toBeVisible();
});

test("a run form with a missing input stays open and names the field", async ({ page, workspace }) => {
  const builder = new Builder(page);
  await builder.open(workspace.slug, "flaky-api");
  const dialog = await builder.press("Run");
  await dialog.getByLabel("Failures before it answers").fill("");
  await dialog.getByRole("button", { name: "Run", exact: true }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: "The input does not fit" })).toContainText(
    "Correct it and run again.",
  );
  await expect(dialog.getByText("This is required, and it is missing", { exact: true })).toBeVisible();
  await expect(dialog.getByLabel("Failures before it answers")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(builder.runStrip).toHaveCount(0);
});

test("a wire that would make a circle is refused with the reason", async ({ page, workspace }) => {
  const list = new WorkflowList(page);
  const builder = new Builder(page);
  await list.open(workspace.slug);
  await list.import("two.workflow.json", twoTransforms);
  await expect(builder.wires).toHaveCount(2);
  await builder.draw(builder.output("Second", "value"), builder.input("First", "runs after"));
  await expect(
    builder.canvas.getByText("Second already runs after First; this wire would make a circle."),
  ).toBeVisible();
  await expect(builder.wires).toHaveCount(2);
});

const refused = [
  { what: "that is not JSON", text: "{ nodes: oops", says: "This is not JSON" },
  {
    what: "of something else",
    text: '{"hello":"world"}',
    says: "does not say which version of the format it has",
  },
  {
    what: "of more than 10 MB",
    text: JSON.stringify({ runboard: 1, title: "x".repeat(10 * 1024 * 1024) }),
    says: "10 MB",
  },
];

for (const { what, text, says } of refused) {
  test(`a file ${what} is refused and leaves no workflow behind`, async ({ page, workspace }) => {
    const list = new WorkflowList(page);
    await list.open(workspace.slug);
    await expect(list.link("MCP tour")).toBeVisible();
    const before = await page.getByRole("row").count();
    await list.import("broken.workflow.json", text);
    const notice = page.getByRole("region", { name: /^Notifications/ }).getByRole("listitem");
    await expect(notice).toContainText("“broken.workflow.json” was not imported");
    await expect(notice).toContainText(says);
    await page.reload();
    await expect(list.link("MCP tour")).toBeVisible();
    await expect(page.getByRole("row")).toHaveCount(before);
  });
}

test("a file with a kind nobody knows opens as a draft that names it and cannot be published", async ({
  page,
  workspace,
}) => {
  const list = new WorkflowList(page);
  const builder = new Builder(page);
  await list.open(workspace.slug);
  await list.import("odd.workflow.json", unknownKind);
  await expect(builder.nodes).toHaveCount(2);
  await expect(builder.problems).toHaveAccessibleName("Problems: 1 error");
  await builder.problems.click();
  await expect(page.getByRole("region", { name: "Problems" })).toContainText("teleport");
  const dialog = await builder.press("Publish");
  await expect(dialog.getByRole("button", { name: "Publish", exact: true })).toBeDisabled();
  await expect(dialog).toContainText("1 error stops this");
});
