import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (path: string) =>
  JSON.parse(readFileSync(join(root, path), "utf8")) as Record<string, Record<string, string>>;
const { imports } = read("edge-functions/deno.json");
const { dependencies, devDependencies } = read("package.json");

describe("the functions' packages", () => {
  it("have the versions the repository installs", () => {
    const wanted = Object.entries(imports ?? {})
      .filter(([name]) => !name.endsWith("/"))
      .map(([name, specifier]) => [name, specifier.slice(`npm:${name}@`.length)]);
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted).toEqual(
      wanted.map(([name = ""]) => [name, dependencies?.[name] ?? devDependencies?.[name]]),
    );
  });

  it("give folders of a package the version of the package", () => {
    for (const [name, specifier] of Object.entries(imports ?? {}).filter(([key]) => key.endsWith("/"))) {
      const version = dependencies?.[name.slice(0, -1)];
      expect([name, specifier]).toEqual([name, `npm:/${name.slice(0, -1)}@${version}/`]);
    }
  });

  it("are all listed", () => {
    const files = [...sources("edge-functions"), ...sources("src/core"), ...sources("src/nodes")];
    const used = new Set(
      files.flatMap((file) =>
        [
          ...readFileSync(file, "utf8").matchAll(
            /^(?:import|export) [^;]*?from "([^."n][^"]*|n(?!ode:)[^"]*)"/gms,
          ),
        ].map((found) => packageOf(found[1] ?? "")),
      ),
    );
    expect([...used].filter((name) => !(name in (imports ?? {})))).toEqual([]);
  });
});

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => join(root, folder, path));
}
