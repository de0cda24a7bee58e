import { spawn } from "node:child_process";

/** Shows a page in the person's browser. A machine without one is no error: the address is printed anyway. */
export function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", url]
        : ["xdg-open", url];
  const child = spawn(command ?? "xdg-open", args, { detached: true, stdio: "ignore" });
  child.on("error", () => {});
  child.unref();
}
