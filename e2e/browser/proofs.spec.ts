// What a run's checks found: the person sees the verdicts, that the chain holds, and takes the file elsewhere.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "./product.ts";
import { Builder } from "./pages/builder.ts";
import { RunPage } from "./pages/run-page.ts";
import { WorkflowList } from "./pages/workflow-list.ts";
import { checkedTwice } from "./workflow-files.ts";

test("the proofs of a run show each verdict with its evidence, and the exported file holds by itself", async ({
  page,
  workspace,
}, testInfo) => {
  await new WorkflowList(page).open(workspace.slug);
  await new WorkflowList(page).import("checked-twice.workflow.json", checkedTwice);
  const builder = new Builder(page);
  await expect(builder.node("Add it up")).toBeVisible();
  const first = await builder.press("Run");
  await first.getByRole("button", { name: "Publish and run" }).click();
  await expect(builder.state("Add it up", "Succeeded")).toBeVisible();
  await builder.runStrip.getByRole("button", { name: "Open run page" }).click();
  const run = new RunPage(page);
  const part = await run.part(/^Proofs/);

  const chain = part.getByRole("region", { name: "State of the chain" });
  await expect(chain).toContainText("The chain holds");
  await expect(chain).toContainText("1 passed, 1 failed");
  const proofs = part.getByRole("list", { name: "Proofs" });
  await expect(proofs.getByRole("listitem")).toHaveCount(2);
  await expect(proofs.getByRole("button", { name: /Add it up.*is_seven.*passed/ })).toBeVisible();
  await part.getByRole("radio", { name: "Not passed 1" }).click();
  await expect(proofs.getByRole("listitem")).toHaveCount(1);
  await proofs.getByRole("button", { name: /Add it up.*is_eight.*failed, optional/ }).click();
  await expect(proofs).toContainText("outputHash");

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    chain.getByRole("button", { name: "Export proof bundle" }).click(),
  ]);
  const path = testInfo.outputPath("proofs.json");
  await download.saveAs(path);
  const verify = (file: string) =>
    execFileSync(process.execPath, ["src/cli/main.ts", "proof", "verify", file, "--json"], {
      encoding: "utf8",
    });
  expect(JSON.parse(verify(path))).toEqual({ ok: true, problems: [] });

  const bundle = JSON.parse(readFileSync(path, "utf8"));
  bundle.proofs[1].verdict = "passed";
  const forged = testInfo.outputPath("forged.json");
  writeFileSync(forged, JSON.stringify(bundle));
  expect(() => verify(forged)).toThrow();
});
