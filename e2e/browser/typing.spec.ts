// A text field becomes an editor while one types into it; nothing that is typed meanwhile may be lost or put elsewhere.
import { expect, test } from "./product.ts";
import { Builder } from "./pages/builder.ts";

// A trace takes a picture with every key, which slows the typing down to where nothing can go wrong.
test.use({ trace: "off" });

test("what is typed into a field that was just entered stands there in order", async ({
  page,
  workspace,
}) => {
  test.slow();
  const text = "1 + 23456 + 7";
  const builder = new Builder(page);
  await builder.open(workspace.slug, "flaky-api");
  const limits = page.getByRole("region", { name: "Runs at once" });
  await limits.getByRole("switch", { name: "Runs at once" }).click();
  const elsewhere = limits.getByLabel("At most");
  const key = limits.getByRole("combobox", { name: "Key" });
  // Which letter meets the change differs from time to time.
  for (const delay of [3, 8, 15]) {
    await elsewhere.focus();
    await key.focus();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(text, { delay });
    await limits.locator(".monaco-editor.focused").waitFor();
    await elsewhere.focus();
    await expect(key).toHaveValue(text);
  }
});
